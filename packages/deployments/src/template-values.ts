import type { EventRecord, JsonObject } from '@pullwright/core'
import { branchSegment, pathSegment } from './names.ts'
import type { RouteValues } from './route.ts'

/** What a route's branch template sees: each value safe inside a branch's name. */
export function branchValues(event: EventRecord): RouteValues {
  return valuesOf(event, branchSegment)
}

/** What a route's path template sees: each value safe as one segment of a path. */
export function pathValues(event: EventRecord): RouteValues {
  return valuesOf(event, pathSegment)
}

/** What a route's link template sees: each value encoded for a URL. */
export function linkValues(event: EventRecord): RouteValues {
  return valuesOf(event, encodeURIComponent)
}

function valuesOf(event: EventRecord, safe: (text: string) => string): RouteValues {
  const data = event.data as JsonObject
  const text = (name: string) => {
    const value = data[name]
    return value === undefined || value === null ? '' : safe(String(value))
  }
  return {
    app: text('app_name'),
    app_id: text('app_id'),
    app_name: text('app_name'),
    deployment_id: text('deployment_id'),
    environment: text('environment'),
    identity: (event.identity ?? '').slice(0, 12),
    project: safe(event.project),
    revision: text('revision'),
    variant: text('variant_name'),
    variant_id: text('variant_id'),
    variant_name: text('variant_name'),
  }
}
