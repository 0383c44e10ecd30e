import type { JsonValue } from '../json.ts'
import { commonKeyField } from './element-identity.ts'
import type { Equality } from './equality.ts'
import { pairChanged } from './pair-changed.ts'
import { alignSequences, longestIncreasing } from './sequence-alignment.ts'
import { structuralHash } from './structural-hash.ts'

/** Which element of one array became which of the other. */
export interface Alignment {
  /** For each element of after: its position in before, or -1 where it is new. */
  source: Int32Array
  /** 1 where the pair is known to be equal. */
  exact: Uint8Array
  /** 1 where the element overtook others; the rest keeps its order. As few as possible. */
  moved: Uint8Array
}

/**
 * Aligns the changed middles of two arrays: by a key that names each element, else equal elements by shortest edit;
 * then equal elements that changed place, then changed elements by likeness. Looking at the two in a fixed order, whichever
 * is called before, makes the answer for (b, a) the mirror image of the one for (a, b).
 */
export function alignArrays(before: readonly JsonValue[], after: readonly JsonValue[], equal: Equality): Alignment {
  if (before.length === 1 && after.length === 1) return alignSingles(before, after)
  if (inOrder(before, after)) return align(before, after, equal)
  return mirror(align(after, before, equal), after.length)
}

function alignSingles(before: readonly JsonValue[], after: readonly JsonValue[]): Alignment {
  const source = new Int32Array(1).fill(-1)
  for (const [i] of pairChanged(before, after, [0], [0])) source[0] = i
  return { source, exact: new Uint8Array(1), moved: new Uint8Array(1) }
}

function align(before: readonly JsonValue[], after: readonly JsonValue[], equal: Equality): Alignment {
  const alignment: Alignment = {
    source: new Int32Array(after.length).fill(-1),
    exact: new Uint8Array(after.length),
    moved: new Uint8Array(after.length),
  }
  const key = commonKeyField(before, after)
  if (key === null) matchEqual(before, after, equal, alignment)
  else matchKeys(before, after, key, alignment)
  matchChanged(before, after, alignment)
  const pairs = positionsOf(alignment.source, (source) => source >= 0)
  const still = new Set(longestIncreasing(pairs.map((j) => alignment.source[j] ?? 0)).map((at) => pairs[at]))
  for (const j of pairs) if (!still.has(j)) alignment.moved[j] = 1
  return alignment
}

function matchKeys(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  key: (element: JsonValue) => string,
  { source }: Alignment,
): void {
  const places = new Map(before.map((element, i) => [key(element), i]))
  after.forEach((element, j) => {
    source[j] = places.get(key(element)) ?? -1
  })
}

function matchEqual(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  equal: Equality,
  { source, exact }: Alignment,
): void {
  const classOf = createClassifier(equal)
  const x = before.map(classOf)
  const y = after.map(classOf)
  source.set(alignSequences(x, y))
  const taken = new Set(source)
  const waiting = new Map<number, number[]>()
  for (let i = x.length - 1; i >= 0; i--) {
    if (taken.has(i)) continue
    const places = waiting.get(x[i] ?? -1)
    if (places === undefined) waiting.set(x[i] ?? -1, [i])
    else places.push(i)
  }
  y.forEach((id, j) => {
    if (source[j] === -1) source[j] = waiting.get(id)?.pop() ?? -1
    if (source[j] !== -1) exact[j] = 1
  })
}

/** Numbers values so that equal ones, and only those, get the same number. */
function createClassifier(equal: Equality): (value: JsonValue) => number {
  const scalars = new Map<JsonValue, number>()
  const buckets = new Map<number, { value: JsonValue; id: number }[]>()
  let count = 0
  return (value) => {
    if ((typeof value !== 'object' && !Object.is(value, -0)) || value === null) {
      const known = scalars.get(value)
      if (known !== undefined) return known
      scalars.set(value, count)
      return count++
    }
    const hash = structuralHash(value)
    const bucket = buckets.get(hash) ?? []
    const twin = bucket.find((other) => equal(other.value, value))
    if (twin !== undefined) return twin.id
    // A crowd of different values under one hash is a made one: further ones count as unlike any.
    if (bucket.length < 16) bucket.push({ value, id: count })
    buckets.set(hash, bucket)
    return count++
  }
}

/** Within each stretch between elements that kept their order, then over all that is left. */
function matchChanged(before: readonly JsonValue[], after: readonly JsonValue[], { source }: Alignment): void {
  const used = new Uint8Array(before.length)
  for (const i of source) if (i >= 0) used[i] = 1
  const matched = positionsOf(source, (i) => i >= 0)
  const anchors = longestIncreasing(matched.map((j) => source[j] ?? 0)).map((at) => matched[at] ?? 0)
  let i = 0
  let j = 0
  for (const anchor of [...anchors, after.length]) {
    const gone: number[] = []
    const come: number[] = []
    const end = anchor === after.length ? before.length : (source[anchor] ?? 0)
    for (; i < end; i++) if (used[i] === 0) gone.push(i)
    for (; j < anchor; j++) if (source[j] === -1) come.push(j)
    for (const [x, y] of pairChanged(before, after, gone, come)) {
      source[y] = x
      used[x] = 1
    }
    i = end + 1
    j = anchor + 1
  }
  const gone = positionsOf(used, (flag) => flag === 0)
  const come = positionsOf(source, (at) => at === -1)
  for (const [x, y] of pairChanged(before, after, gone, come, { moved: true })) source[y] = x
}

function positionsOf(values: Int32Array | Uint8Array, wanted: (value: number) => boolean): number[] {
  const positions: number[] = []
  for (let i = 0; i < values.length; i++) if (wanted(values[i] ?? 0)) positions.push(i)
  return positions
}

function inOrder(before: readonly JsonValue[], after: readonly JsonValue[]): boolean {
  if (before.length !== after.length) return before.length < after.length
  for (let i = 0; i < before.length; i++) {
    const order = structuralHash(before[i]) - structuralHash(after[i])
    if (order !== 0) return order < 0
  }
  return true
}

function mirror({ source, exact, moved }: Alignment, length: number): Alignment {
  const mirrored = {
    source: new Int32Array(length).fill(-1),
    exact: new Uint8Array(length),
    moved: new Uint8Array(length),
  }
  source.forEach((to, from) => {
    if (to < 0) return
    mirrored.source[to] = from
    mirrored.exact[to] = exact[from] ?? 0
    mirrored.moved[to] = moved[from] ?? 0
  })
  return mirrored
}
