import type { JsonValue } from '../json.ts'
import { elementKind, identitiesConflict } from './element-identity.ts'
import { alignSequences } from './sequence-alignment.ts'
import { featuresOf, similarity } from './similarity.ts'

/** More candidate pairs than this are not compared one by one; kinds and order decide. */
const MAX_CANDIDATES = 256
/** Alike enough to be the same element, edited: in its place, under another name or role, or in another place. */
const LIKE = 0.5
const LIKE_DESPITE_NAME = 0.8
const LIKE_ELSEWHERE = 0.6

type Pair = [before: number, after: number]

/**
 * Which of the elements that went are, edited, among those that came. First the most alike, then by kind and order.
 * With `moved`, only the most alike: two elements far apart must resemble each other to be called the same.
 */
export function pairChanged(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  gone: readonly number[],
  come: readonly number[],
  { moved = false }: { moved?: boolean } = {},
): Pair[] {
  if (gone.length === 0 || come.length === 0) return []
  const few = gone.length * come.length <= MAX_CANDIDATES
  if (moved) return few ? pairByLikeness(before, after, gone, come, LIKE_ELSEWHERE) : []
  if (gone.length === 1 && come.length === 1 && fits(before[gone[0] ?? 0], after[come[0] ?? 0], true)) {
    return [[gone[0] ?? 0, come[0] ?? 0]]
  }
  if (!few) return pairByKind(before, after, gone, come)
  const pairs = pairByLikeness(before, after, gone, come, LIKE)
  const paired = { gone: new Set(pairs.map(([i]) => i)), come: new Set(pairs.map(([, j]) => j)) }
  const restGone = gone.filter((i) => !paired.gone.has(i))
  const restCome = come.filter((j) => !paired.come.has(j))
  const rest = pairInOrder(before, after, restGone, restCome)
  // Order is all that speaks for these: one that would have to overtake a likely pair has nothing left.
  return [...pairs, ...rest.filter(([i, j]) => pairs.every(([x, y]) => i < x === j < y))]
}

function pairByLikeness(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  gone: readonly number[],
  come: readonly number[],
  threshold: number,
): Pair[] {
  const goneFeatures = gone.map((i) => featuresOf(before[i] ?? null))
  const comeFeatures = come.map((j) => featuresOf(after[j] ?? null))
  const candidates: { x: number; y: number; score: number }[] = []
  goneFeatures.forEach((left, x) => {
    comeFeatures.forEach((right, y) => {
      const score = similarity(left, right)
      if (score < threshold) return
      const a = before[gone[x] ?? 0] ?? null
      const b = after[come[y] ?? 0] ?? null
      if (shape(a) !== shape(b) || shape(a) === 'scalar') return
      if (score >= LIKE_DESPITE_NAME || !identitiesConflict(a, b)) candidates.push({ x, y, score })
    })
  })
  candidates.sort((p, q) => q.score - p.score || Math.abs(p.x - p.y) - Math.abs(q.x - q.y) || p.x - q.x || p.y - q.y)
  const takenX = new Set<number>()
  const takenY = new Set<number>()
  const pairs: Pair[] = []
  for (const { x, y } of candidates) {
    if (takenX.has(x) || takenY.has(y)) continue
    takenX.add(x)
    takenY.add(y)
    pairs.push([gone[x] ?? 0, come[y] ?? 0])
  }
  return pairs
}

function pairInOrder(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  gone: readonly number[],
  come: readonly number[],
): Pair[] {
  const replaced = gone.length === come.length
  const pairs: Pair[] = []
  let next = 0
  for (const i of gone) {
    for (let y = next; y < come.length; y++) {
      const j = come[y] ?? 0
      if (!fits(before[i], after[j], replaced)) continue
      pairs.push([i, j])
      next = y + 1
      break
    }
  }
  return pairs
}

function pairByKind(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  gone: readonly number[],
  come: readonly number[],
): Pair[] {
  const numbers = new Map<string, number>()
  const kindOf = (value: JsonValue | undefined) => {
    const kind = elementKind(value ?? null)
    const number = numbers.get(kind) ?? numbers.size
    numbers.set(kind, number)
    return number
  }
  const source = alignSequences(
    gone.map((i) => kindOf(before[i])),
    come.map((j) => kindOf(after[j])),
  )
  const pairs: Pair[] = []
  source.forEach((x, y) => {
    const i = gone[x]
    const j = come[y]
    if (x >= 0 && i !== undefined && j !== undefined && fits(before[i], after[j], true)) pairs.push([i, j])
  })
  return pairs
}

/** Whether one may stand for the other without being alike. Scalars only where each that went has one that came. */
function fits(a: JsonValue | undefined, b: JsonValue | undefined, replaced: boolean): boolean {
  if (a === undefined || b === undefined || shape(a) !== shape(b)) return replaced && isScalar(a) && isScalar(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return replaced
  if (Array.isArray(a) || Array.isArray(b)) return true
  if (identitiesConflict(a, b)) return false
  const keys = Object.keys(a)
  return keys.length === 0 || Object.keys(b).length === 0 || keys.some((key) => Object.hasOwn(b, key))
}

function shape(value: JsonValue): 'scalar' | 'text' | 'array' | 'object' {
  if (typeof value === 'string') return 'text'
  if (typeof value !== 'object' || value === null) return 'scalar'
  return Array.isArray(value) ? 'array' : 'object'
}

function isScalar(value: JsonValue | undefined): boolean {
  return typeof value !== 'object' || value === null
}
