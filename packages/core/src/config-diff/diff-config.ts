import type { JsonObject, JsonValue } from '../json.ts'
import { alignArrays } from './array-alignment.ts'
import type { Change, ConfigDiff } from './change.ts'
import { derivedParts } from './derived-parts.ts'
import { createEquality, type Equality } from './equality.ts'
import { type Place, pathTo, remembered, startingPlace } from './place.ts'
import { isPlainList, isSetKey } from './set-keys.ts'
import { setOrder } from './set-order.ts'
import { trimEqual } from './trim-equal.ts'

export interface DiffOptions {
  /** Whether changed strings carry what follows from them, `text` or `json`, the first thousand of them. Default true. */
  text?: boolean
}

/** Recursion is fast, and safe to this depth under any caller; what lies deeper waits its turn in a queue. */
const RECURSION_LIMIT = 200
/** Changes that carry `text` or `json` in one diff. Nobody reads more, and `describeStrings` gives it for any other. */
const MAX_TEXTS = 1000
/** JSON in a text in JSON in a text: deeper than this it is compared as text. */
const MAX_JSON_NESTING = 3

/**
 * What changed from `before` to `after`. `undefined` is no configuration; against an object with keys `null` counts as
 * none too, so that a first deployment lists each key as added and a removed application each as removed. Arrays are
 * aligned, see `alignArrays`: one message put in front of a thousand is one change. How paths count is told at `Change`.
 * Never throws on JSON, whatever its depth, and leaves its arguments as they are; an `undefined` member counts as absent.
 * Only for JSON: what a `Date` or a `Map` holds is not compared, and what contains itself has no end. `emit` refuses these.
 */
export function diffConfig(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  { text = true }: DiffOptions = {},
): ConfigDiff {
  return compare(before, after, text ? MAX_TEXTS : 0, MAX_JSON_NESTING)
}

/** What a change from one string to another carries beside the two: `json`, `text`, or nothing. */
export function describeStrings(
  before: string,
  after: string,
  nesting = MAX_JSON_NESTING,
): Pick<Change, 'text' | 'json'> {
  const inner = (old: JsonValue, fresh: JsonValue) => compare(old, fresh, MAX_TEXTS, nesting - 1)
  return derivedParts(before, after, nesting > 0 ? inner : null)
}

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  texts: number,
  nesting: number,
): ConfigDiff {
  const walk: Walk = {
    changes: [],
    waiting: [],
    before: startingPlace(),
    after: startingPlace(),
    equal: createEquality(),
    texts,
    nesting,
  }
  const none = (value: JsonValue | undefined) => value === undefined || value === null
  let result: ConfigDiff['result']
  if (none(before) && hasKeys(after)) diffValues({}, after, walk, 0)
  else if (hasKeys(before) && none(after)) {
    diffValues(before, {}, walk, 0)
    result = after === null ? 'null' : 'absent'
  } else if (before === undefined) {
    if (after !== undefined) walk.changes.push({ kind: 'added', path: [], after })
  } else if (after === undefined) walk.changes.push({ kind: 'removed', path: [], before })
  else diffValues(before, after, walk, 0)
  for (let next = walk.waiting.pop(); next !== undefined; next = walk.waiting.pop()) {
    walk.before = startingPlace(next.beforePlace)
    walk.after = startingPlace(next.afterPlace)
    diffValues(next.before, next.after, walk, 0)
  }
  const { changes } = walk
  return { equal: changes.length === 0, changes, ...(result === undefined ? {} : { result }) }
}

interface Walk {
  changes: Change[]
  waiting: { before: JsonValue; after: JsonValue; beforePlace: Place; afterPlace: Place }[]
  /** Where the walk stands, in each side's own indexes. */
  before: Place
  after: Place
  equal: Equality
  /** How many more changes may carry `text` or `json`, and how often JSON may still stand in a text. */
  texts: number
  nesting: number
}

function diffValues(before: JsonValue, after: JsonValue, walk: Walk, depth: number): void {
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) {
    if (!Object.is(before, after)) modified(before, after, walk)
  } else if (before === after) return
  else if (depth > RECURSION_LIMIT) {
    walk.waiting.push({ before, after, beforePlace: remembered(walk.before), afterPlace: remembered(walk.after) })
  } else if (Array.isArray(before)) {
    if (Array.isArray(after)) diffArrays(before, after, walk, depth)
    else modified(before, after, walk)
  } else if (Array.isArray(after)) modified(before, after, walk)
  else diffObjects(before, after, walk, depth)
}

function diffObjects(before: JsonObject, after: JsonObject, walk: Walk, depth: number): void {
  let shared = 0
  for (const key of Object.keys(before)) {
    const old = before[key]
    const fresh = Object.hasOwn(after, key) ? after[key] : undefined
    if (old === undefined) continue
    if (fresh === undefined) walk.changes.push({ kind: 'removed', path: pathTo(walk.before, key), before: old })
    else {
      shared++
      if (!Object.is(old, fresh)) descend(old, fresh, key, key, walk, depth)
    }
  }
  const keys = Object.keys(after)
  if (keys.length === shared) return
  for (const key of keys) {
    const fresh = after[key]
    if (fresh === undefined || (Object.hasOwn(before, key) && before[key] !== undefined)) continue
    walk.changes.push({ kind: 'added', path: pathTo(walk.after, key), after: fresh })
  }
}

function diffArrays(before: JsonValue[], after: JsonValue[], walk: Walk, depth: number): void {
  const { start, endBefore, endAfter } = trimEqual(before, after, walk.equal)
  if (start === endBefore || start === endAfter) {
    for (let i = start; i < endBefore; i++) removed(before, i, walk)
    for (let j = start; j < endAfter; j++) added(after, j, walk)
    return
  }
  const isSet = isSetKey(walk.after.parts.at(-1)) && isPlainList(before) && isPlainList(after)
  const alignment = alignArrays(before.slice(start, endBefore), after.slice(start, endAfter), walk.equal, isSet)
  if (alignment === null) {
    modified(before, after, walk)
    return
  }
  const kept = new Set(alignment.source)
  const ordered = isSet && alignment.moved.includes(1)
  if (ordered) {
    const order = setOrder(before.length, { start, endBefore, source: alignment.source })
    walk.changes.push({ kind: 'moved', path: pathTo(walk.after), from: pathTo(walk.before), order })
  }
  for (let i = start; i < endBefore; i++) if (!kept.has(i - start)) removed(before, i, walk)
  for (let j = start; j < endAfter; j++) {
    const source = alignment.source[j - start] ?? -1
    if (source === -1) {
      added(after, j, walk)
      continue
    }
    const i = start + source
    if (!ordered && alignment.moved[j - start] === 1) {
      walk.changes.push({ kind: 'moved', path: pathTo(walk.after, j), from: pathTo(walk.before, i) })
    }
    const old = before[i]
    const fresh = after[j]
    if (alignment.exact[j - start] === 1 || old === undefined || fresh === undefined) continue
    descend(old, fresh, i, j, walk, depth)
  }
}

function descend(
  before: JsonValue,
  after: JsonValue,
  beforeKey: string | number,
  afterKey: string | number,
  walk: Walk,
  depth: number,
): void {
  walk.before.parts.push(beforeKey)
  walk.after.parts.push(afterKey)
  diffValues(before, after, walk, depth + 1)
  walk.before.parts.pop()
  walk.after.parts.pop()
}

function modified(before: JsonValue, after: JsonValue, walk: Walk): void {
  const change: Change = { kind: 'modified', path: pathTo(walk.after), before, after }
  if (walk.texts > 0 && typeof before === 'string' && typeof after === 'string') {
    Object.assign(change, describeStrings(before, after, walk.nesting))
    if (change.text !== undefined || change.json !== undefined) walk.texts--
  }
  walk.changes.push(change)
}

function removed(before: readonly JsonValue[], i: number, walk: Walk): void {
  walk.changes.push({ kind: 'removed', path: pathTo(walk.before, i), before: before[i] ?? null })
}

function added(after: readonly JsonValue[], j: number, walk: Walk): void {
  walk.changes.push({ kind: 'added', path: pathTo(walk.after, j), after: after[j] ?? null })
}

function hasKeys(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
}
