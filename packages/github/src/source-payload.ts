import type { JsonObject, JsonValue } from '@pullwright/core'

/** A webhook, read but not yet understood. */
export interface Received {
  vcs: string
  /** GitHub's own name of it. */
  event: string
  payload: JsonObject
}

export function objectAt(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

export function textAt(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function listAt(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(objectAt) : []
}

export function present(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value }
}

export function repositoryOf({ payload }: Received): string {
  return textAt(objectAt(payload.repository).full_name)
}

export function actorOf({ payload }: Received): JsonObject {
  return present('actor', textAt(objectAt(payload.sender).login))
}

/** Milliseconds since the epoch, from ISO 8601. */
export function occurred(text: string): { occurredAt?: number } {
  const at = Date.parse(text)
  return Number.isNaN(at) ? {} : { occurredAt: at }
}
