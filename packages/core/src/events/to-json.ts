import type { Problem } from '../errors.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { joinPath } from './problems.ts'

/** Deeper configurations are refused. No prompt configuration comes near; stacks of other tools overflow above some thousands. */
export const MAX_DEPTH = 500

export interface JsonLimits {
  maxDepth: number
  maxBytes: number
}

/**
 * A deep copy as plain JSON, so that what the host changes afterwards changes nothing here. Members that are
 * `undefined` are dropped and `toJSON` is honoured, as in `JSON.stringify`; what JSON cannot hold is a problem, named
 * by path, and stands as null: functions, symbols, bigint, NaN and infinities, cycles, nesting beyond `maxDepth`, what
 * throws when it is read, and objects of which `JSON.stringify` would quietly keep nothing, such as a `Map` or an `Error`.
 * More than `maxBytes` is a problem of the whole.
 */
export function toJson(value: unknown, path: string, limits: JsonLimits): { value: JsonValue; problems: Problem[] } {
  const problems: Problem[] = []
  const walk: Walk = { prefix: path, at: [], open: new Set(), problems, maxDepth: limits.maxDepth, most: 0 }
  const copy = copyValue(value, walk)
  if (problems.length > 0 || walk.most <= limits.maxBytes) return { value: copy, problems }
  const bytes = Buffer.byteLength(JSON.stringify(copy), 'utf8')
  if (bytes > limits.maxBytes) {
    problems.push({ path, message: `is ${bytes} bytes of JSON, over the limit of ${limits.maxBytes}` })
  }
  return { value: copy, problems }
}

interface Walk {
  prefix: string
  at: PropertyKey[]
  open: Set<object>
  problems: Problem[]
  maxDepth: number
  /** No more bytes of JSON than these so far; few values are so large that they need to be measured. */
  most: number
}

/** A UTF-16 unit is six bytes at most, as `\\u0000`. */
const UNIT_BYTES = 6
/** Of a number, `true` and the like, with what parts it from the next. */
const PLAIN_BYTES = 26

const UNREADABLE = 'cannot be read: a getter, `toJSON` or proxy of it throws; use plain JSON'
/** What to do instead, where there is an answer. */
const INSTEAD: Readonly<Record<string, string>> = {
  bigint: '; give it as a text or a number',
  function: '; leave it out',
}

function copyValue(input: unknown, walk: Walk): JsonValue {
  let value = input
  try {
    if (hasToJson(input)) value = input.toJSON()
  } catch {
    return refuse(walk, UNREADABLE)
  }
  switch (typeof value) {
    case 'string':
      walk.most += value.length * UNIT_BYTES + 3
      return value
    case 'boolean':
      walk.most += PLAIN_BYTES
      return value
    case 'number':
      walk.most += PLAIN_BYTES
      // JSON has no negative zero: adding zero makes it the ordinary one.
      return Number.isFinite(value) ? value + 0 : refuse(walk, `is ${value}, which JSON cannot hold`)
    case 'object':
      walk.most += PLAIN_BYTES
      return value === null ? null : copyContainer(value, walk)
    default:
      return refuse(walk, `is a ${typeof value}, which JSON cannot hold${INSTEAD[typeof value] ?? ''}`)
  }
}

function copyContainer(value: object, walk: Walk): JsonValue {
  if (walk.open.has(value)) return refuse(walk, 'contains itself')
  if (walk.open.size >= walk.maxDepth) return refuse(walk, `is nested deeper than ${walk.maxDepth} levels`)
  walk.open.add(value)
  try {
    if (isOpaque(value)) return refuse(walk, `is a ${value.constructor?.name ?? 'foreign object'}; use plain JSON`)
    return Array.isArray(value) ? copyArray(value, walk) : copyObject(value, walk)
  } catch {
    return refuse(walk, UNREADABLE)
  } finally {
    walk.open.delete(value)
  }
}

/** Holds something that is in none of its members, so that a copy of these would lose it. */
function isOpaque(value: object): boolean {
  if (Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Plain objects of other realms too, as test runners make them.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return false
  return value instanceof Error || ArrayBuffer.isView(value) || Object.keys(value).length === 0
}

function copyArray(value: unknown[], walk: Walk): JsonValue[] {
  const copy: JsonValue[] = []
  for (let index = 0; index < value.length; index++) {
    const item = value[index]
    walk.at.push(index)
    if (item === undefined) walk.most += PLAIN_BYTES
    copy.push(item === undefined ? null : copyValue(item, walk))
    walk.at.pop()
  }
  return copy
}

function copyObject(value: object, walk: Walk): JsonObject {
  const source = value as Record<string, unknown>
  const copy: JsonObject = {}
  for (const key in source) {
    if (!Object.hasOwn(source, key)) continue
    walk.at.push(key)
    const member = read(source, key, walk)
    const copied = member === undefined ? undefined : copyValue(member, walk)
    walk.at.pop()
    if (copied === undefined) continue
    walk.most += key.length * UNIT_BYTES + 4
    // An assignment would set the prototype instead of a member.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copied, ...ORDINARY })
    else copy[key] = copied
  }
  return copy
}

function read(source: Record<string, unknown>, key: string, walk: Walk): unknown {
  try {
    return source[key]
  } catch {
    return refuse(walk, UNREADABLE)
  }
}

const ORDINARY = { enumerable: true, configurable: true, writable: true }

function refuse(walk: Walk, message: string): null {
  if (walk.problems.length < 50) walk.problems.push({ path: shorten(joinPath(walk.prefix, walk.at)), message })
  return null
}

/** The path to the 501st level is as long as the nesting is deep: its two ends say enough. */
function shorten(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 120)}…${path.slice(-60)}`
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof value === 'object' && value !== null && typeof (value as { toJSON?: unknown }).toJSON === 'function'
}
