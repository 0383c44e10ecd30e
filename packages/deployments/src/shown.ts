import { createPathSelection, type JsonObject, type JsonValue, type PathSelection, parsePath } from '@pullwright/core'
import type { Route } from './route.ts'

/** The part of a configuration that the route lets be seen; null where there is none. */
export function shownConfig(config: JsonValue, { include = {} }: Route): JsonValue {
  return include.config === false ? null : (createPathSelection(include).of(config) ?? null)
}

/** The recorded data with the changes that the route lets be seen. */
export function shownData(data: JsonObject, { include = {} }: Route): JsonObject {
  const { config_diff: diff, ...facts } = data
  if (include.diff === false) return facts
  if (!isObject(diff)) return data
  const selection = createPathSelection(include)
  const shown = Object.entries(diff).map(([kind, changes]) => [
    kind,
    isObject(changes) ? shownChanges(kind, changes, selection) : {},
  ])
  return { ...facts, config_diff: Object.fromEntries(shown) }
}

function shownChanges(kind: string, changes: JsonObject, selection: PathSelection): JsonObject {
  const shown = Object.entries(changes).flatMap(([path, change]): [string, JsonValue][] => {
    const seen = shownChange(kind, path, change, selection)
    return seen === undefined ? [] : [[path, seen]]
  })
  return Object.fromEntries(shown)
}

/** Undefined where nothing of it may be seen. */
function shownChange(kind: string, text: string, change: JsonValue, selection: PathSelection): JsonValue | undefined {
  const path = parsePath(text)
  if (kind !== 'modified' && kind !== 'moved') return selection.of(change, path)
  if (!isObject(change)) return undefined
  if (kind === 'moved') {
    return selection.reaches(path) && selection.reaches(parsePath(String(change.from))) ? change : undefined
  }
  const [old, fresh] = [selection.of(change.old ?? null, path), selection.of(change.new ?? null, path)]
  // What stays the same of what differs may not be seen; two masks were the same before.
  const hidden = !isSame(change.old, change.new) && isSame(old, fresh)
  return hidden || (old === undefined && fresh === undefined)
    ? undefined
    : { ...change, old: old ?? null, new: fresh ?? null }
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
