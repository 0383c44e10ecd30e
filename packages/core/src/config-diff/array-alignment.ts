import type { JsonValue } from '../json.ts'
import { createClassifier } from './classifier.ts'
import { commonKeyField } from './element-identity.ts'
import type { Equality } from './equality.ts'
import { pairChanged } from './pair-changed.ts'
import { resync } from './resync.ts'
import { alignSequences, longestIncreasing } from './sequence-alignment.ts'
import { structuralHash } from './structural-hash.ts'

/** Arrays from this length are first tried for being equal but for a few places. */
const LONG = 16
/** Arrays of plain values from this length may be replaced as a whole. */
const LONG_VECTOR = 2000
/** Arrays from this length that part in many places are replaced as a whole: aligning them takes seconds. */
const VAST = 100_000

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
 * is called before, makes the answer for (b, a) the mirror image of the one for (a, b). Null: the two have so little in
 * common that one is better called a replacement of the other. Members of a set come and go, and never become others.
 */
export function alignArrays(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  equal: Equality,
  isSet = false,
): Alignment | null {
  if (before.length === 1 && after.length === 1) return alignSingles(before, after, isSet)
  if (inOrder(before, after)) return align(before, after, equal, isSet)
  const swapped = align(after, before, equal, isSet)
  return swapped === null ? null : mirror(swapped, after.length)
}

function alignSingles(before: readonly JsonValue[], after: readonly JsonValue[], isSet: boolean): Alignment {
  const source = new Int32Array(1).fill(-1)
  if (isSet) {
    const same = Object.is(before[0], after[0])
    if (same) source[0] = 0
    return { source, exact: new Uint8Array([same ? 1 : 0]), moved: new Uint8Array(1) }
  }
  for (const [i] of pairChanged(before, after, [0], [0])) source[0] = i
  return { source, exact: new Uint8Array(1), moved: new Uint8Array(1) }
}

function align(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  equal: Equality,
  isSet: boolean,
): Alignment | null {
  const alignment: Alignment = {
    source: new Int32Array(after.length).fill(-1),
    exact: new Uint8Array(after.length),
    moved: new Uint8Array(after.length),
  }
  const key = commonKeyField(before, after)
  if (key !== null) matchKeys(before, after, key, alignment)
  else if (!matchEqual(before, after, equal, alignment, isSet ? Number.POSITIVE_INFINITY : VAST)) return null
  if (!isSet) matchChanged(before, after, alignment)
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

/** False: the two are unrelated, or there are `most` elements to align. */
function matchEqual(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  equal: Equality,
  { source, exact }: Alignment,
  most: number,
): boolean {
  const classOf = createClassifier(equal)
  const shorter = Math.min(before.length, after.length)
  const quick = shorter >= LONG ? resync(before, after, equal) : null
  if (quick === null && shorter >= most) return false
  source.set(quick ?? alignSequences(before.map(classOf), after.map(classOf)))
  if (areUnrelated(before, after, source)) return false
  const taken = new Uint8Array(before.length)
  for (const i of source) if (i >= 0) taken[i] = 1
  const waiting = new Map<number, number[]>()
  for (const i of positionsOf(taken, (flag) => flag === 0).reverse()) {
    const id = classOf(before[i] ?? null)
    const places = waiting.get(id)
    if (places === undefined) waiting.set(id, [i])
    else places.push(i)
  }
  for (const j of positionsOf(source, (i) => i === -1)) source[j] = waiting.get(classOf(after[j] ?? null))?.pop() ?? -1
  for (let j = 0; j < exact.length; j++) if (source[j] !== -1) exact[j] = 1
  return true
}

/** Long vectors of plain values with little in common: a change for each value would tell nobody anything. */
function areUnrelated(before: readonly JsonValue[], after: readonly JsonValue[], source: Int32Array): boolean {
  const shorter = Math.min(before.length, after.length)
  if (shorter < LONG_VECTOR) return false
  let kept = 0
  for (const from of source) if (from !== -1) kept++
  const plain = (value: JsonValue) => typeof value !== 'object' || value === null
  return kept < shorter / 2 && before.every(plain) && after.every(plain)
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
