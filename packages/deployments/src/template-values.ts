import { createHmac } from 'node:crypto'
import type { EventRecord, JsonObject, Redactor } from '@pullwright/core'
import { branchSegment, pathSegment } from './names.ts'
import type { RouteValues } from './route.ts'

/** What a route does to values before they are seen. */
export interface ValueFacts {
  redactor: Redactor
  pseudonymKey: string | undefined
}

/** What a route's branch template sees: each value as the route lets it be seen, and safe inside a branch's name. */
export function branchValues(event: EventRecord, facts: ValueFacts): RouteValues {
  return valuesOf(event, facts, (shown, mark) =>
    mark === '' ? branchSegment(shown) : `${branchSegment(shown)}-${mark}`,
  )
}

/** What a route's path template sees: each value safe as one segment of a path. */
export function pathValues(event: EventRecord, facts: ValueFacts): RouteValues {
  return valuesOf(event, facts, (shown, mark) => (mark === '' ? pathSegment(shown) : `${pathSegment(shown)}-${mark}`))
}

/** What a route's link template sees: each value encoded for a URL. */
export function linkValues(event: EventRecord, facts: ValueFacts): RouteValues {
  return valuesOf(event, facts, (shown) => encodeURIComponent(wellFormed(shown)))
}

/** `mark` tells values apart that look the same once they are hidden; empty where nothing was. */
type Safe = (shown: string, mark: string) => string

function valuesOf(event: EventRecord, { redactor, pseudonymKey = '' }: ValueFacts, safe: Safe): RouteValues {
  const data = event.data as JsonObject
  const raw = Object.fromEntries(NAMES.map((name) => [name, data[name] ?? null]))
  const shown = redactor.value({ ...raw, project: event.project }) as JsonObject
  const text = (name: (typeof NAMES)[number] | 'project') => {
    const value = name === 'project' ? event.project : raw[name]
    if (value === undefined || value === null) return ''
    const [before, after] = [String(value), String(shown[name])]
    return safe(after, before === after ? '' : markOf(before, pseudonymKey))
  }
  return {
    app: text('app_name'),
    app_id: text('app_id'),
    app_name: text('app_name'),
    deployment_id: text('deployment_id'),
    environment: text('environment'),
    identity: (event.identity ?? '').slice(0, 12),
    project: text('project'),
    revision: text('revision'),
    variant: text('variant_name'),
    variant_id: text('variant_id'),
    variant_name: text('variant_name'),
  }
}

const NAMES = ['app_id', 'app_name', 'deployment_id', 'environment', 'revision', 'variant_id', 'variant_name'] as const

/** Halves of surrogate pairs, which no URL can hold, become `U+FFFD`. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function markOf(value: string, key: string): string {
  return createHmac('sha256', key).update(value).digest('hex').slice(0, 8)
}
