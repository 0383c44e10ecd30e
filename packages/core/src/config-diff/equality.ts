import type { JsonObject, JsonValue } from '../json.ts'

/** Deep equality of JSON values: key order is irrelevant, `1` is not `"1"`, `-0` is not `0`, null is not absent. */
export type Equality = (a: JsonValue | undefined, b: JsonValue | undefined) => boolean

/** Recursion is fast, and safe to this depth under any caller; below it an explicit stack takes over. */
const RECURSION_LIMIT = 200
/** Partners remembered for one container. Alignment asks for a container's first, last and chosen counterpart. */
const REMEMBERED = 6

/** Differences found within so many values are found again as fast as they would be remembered. */
const CHEAP = 16

/**
 * An equality that remembers which containers it found to differ. Aligning nested arrays asks again for every level,
 * and without a memory each answer would cost the whole subtree.
 */
export function createEquality(): Equality {
  const different = new Map<object, object[]>()
  let looked = 0 // at so many values
  const known = (a: object, b: object) => different.size > 0 && different.get(a)?.includes(b) === true
  const remember = (a: object, b: object): false => {
    const others = different.get(a)
    if (others === undefined) different.set(a, [b])
    else if (others.push(b) > REMEMBERED) others.shift()
    return false
  }

  function same(a: JsonValue | undefined, b: JsonValue | undefined, depth: number): boolean {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
    if (a === b) return true
    if (known(a, b)) return false
    if (depth > RECURSION_LIMIT) return sameBelow(a, b)
    const before = looked
    const isSame = Array.isArray(a)
      ? Array.isArray(b) && sameItems(a, b, depth + 1)
      : !Array.isArray(b) && sameFields(a, b, depth + 1)
    return isSame || (looked - before > CHEAP && remember(a, b))
  }

  function sameItems(a: JsonValue[], b: JsonValue[], depth: number): boolean {
    if (a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) {
      looked++
      if (!same(a[i], b[i], depth)) return false
    }
    return true
  }

  function sameFields(a: JsonObject, b: JsonObject, depth: number): boolean {
    let more = 0
    for (const key in a) {
      more++
      looked++
      if (!Object.hasOwn(b, key)) return false
      const x = a[key]
      const y = b[key]
      if (x === y ? x === 0 && !Object.is(x, y) : !same(x, y, depth)) return false
    }
    for (const _ in b) more--
    return more === 0
  }

  function sameBelow(a: Container, b: Container): boolean {
    if (!alike(a, b)) return remember(a, b)
    const open: Frame[] = [{ a, b, keys: Object.keys(a), next: 0 }]
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const key = top.keys[top.next++]
      if (key === undefined) {
        open.pop()
        continue
      }
      const x = (top.a as JsonObject)[key]
      const y = Object.hasOwn(top.b, key) ? (top.b as JsonObject)[key] : undefined
      if (Object.is(x, y)) continue
      if (!isContainer(x) || !isContainer(y) || known(x, y) || !alike(x, y)) {
        for (const frame of open) remember(frame.a, frame.b)
        return false
      }
      open.push({ a: x, b: y, keys: Object.keys(x), next: 0 })
    }
    return true
  }

  return (a, b) => same(a, b, 0)
}

type Container = JsonValue[] | JsonObject

interface Frame {
  a: Container
  b: Container
  keys: string[]
  next: number
}

function alike(a: Container, b: Container): boolean {
  return Array.isArray(a) === Array.isArray(b) && Object.keys(a).length === Object.keys(b).length
}

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === 'object' && value !== null
}
