import type { JsonObject, JsonValue } from '@pullwright/core'

/** A webhook about a project, as far as all kinds of them are alike. */
export interface Received {
  vcs: string
  repository: string
  payload: JsonObject
  actor: Record<string, JsonValue>
}

export function objectAt(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

export function textAt(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function listAt(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

export function present(name: string, value: string): Record<string, JsonValue> {
  return value === '' ? {} : { [name]: value }
}

/** GitLab writes times as ISO 8601 or as `2025-01-31 12:00:00 UTC`. */
export function occurred(text: string): { occurredAt?: number } {
  const at = Date.parse(text)
  return Number.isNaN(at) ? {} : { occurredAt: at }
}
