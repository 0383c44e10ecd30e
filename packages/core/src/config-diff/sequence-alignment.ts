import { diffArrays } from 'diff/lib/diff/array.js'

/**
 * Aligns two sequences of class numbers in order. Answers, for each position of `after`, the position of `before` it
 * stands for, or -1. Shortest edit script (Myers, by the `diff` library) as long as that is cheap; beyond the bound the
 * longest run of matching occurrences in order, in n log n. The bound counts edits, not time: same input, same answer.
 */
export function alignSequences(before: readonly number[], after: readonly number[]): Int32Array {
  const source = new Int32Array(after.length).fill(-1)
  const { start, endBefore, endAfter } = trim(before, after)
  for (let i = 0; i < start; i++) source[i] = i
  for (let i = endAfter; i < after.length; i++) source[i] = endBefore + i - endAfter
  const inBefore = positionsShared(before, start, endBefore, new Set(after.slice(start, endAfter)))
  const inAfter = positionsShared(after, start, endAfter, new Set(before.slice(start, endBefore)))
  if (inBefore.length === 0 || inAfter.length === 0) return source
  const x = inBefore.map((position) => before[position] ?? -1)
  const y = inAfter.map((position) => after[position] ?? -1)
  for (const [i, j] of shortestEdit(x, y) ?? commonOccurrences(x, y)) {
    source[inAfter[j] ?? 0] = inBefore[i] ?? -1
  }
  return source
}

/** Positions, ascending, of one longest strictly increasing subsequence. */
export function longestIncreasing(values: ArrayLike<number>): number[] {
  const tails: number[] = []
  const previous = new Int32Array(values.length).fill(-1)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1
      else high = middle
    }
    previous[i] = low > 0 ? (tails[low - 1] ?? -1) : -1
    tails[low] = i
  }
  const chain: number[] = []
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] ?? -1) chain.push(i)
  return chain.reverse()
}

function trim(before: readonly number[], after: readonly number[]) {
  let start = 0
  const shorter = Math.min(before.length, after.length)
  while (start < shorter && before[start] === after[start]) start++
  let endBefore = before.length
  let endAfter = after.length
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore--
    endAfter--
  }
  return { start, endBefore, endAfter }
}

/** What occurs on one side only cannot match, and would only lengthen the search. */
function positionsShared(values: readonly number[], start: number, end: number, other: Set<number>): number[] {
  const positions: number[] = []
  for (let i = start; i < end; i++) if (other.has(values[i] ?? -1)) positions.push(i)
  return positions
}

/** Undefined: more edits apart than the bound. */
function shortestEdit(x: number[], y: number[]): [number, number][] | undefined {
  const parts = diffArrays(x, y, { maxEditLength: editBound(x.length + y.length) })
  if (parts === undefined) return undefined
  const pairs: [number, number][] = []
  let i = 0
  let j = 0
  for (const part of parts) {
    if (part.removed) i += part.count
    else if (part.added) j += part.count
    else for (let n = 0; n < part.count; n++) pairs.push([i++, j++])
  }
  return pairs
}

/** Keeps both parts of the cost, edits squared and edits times length, near-linear in the length. */
function editBound(length: number): number {
  return Math.floor(Math.min(1000, Math.sqrt(40 * length + 2000), Math.max(20, 10_000_000 / length)))
}

/** The nth occurrence of a class matches its nth on the other side; of those pairs, the most that keep their order. */
function commonOccurrences(x: readonly number[], y: readonly number[]): [number, number][] {
  const waiting = new Map<number, number[]>()
  for (let j = y.length - 1; j >= 0; j--) {
    const value = y[j] ?? -1
    const positions = waiting.get(value)
    if (positions === undefined) waiting.set(value, [j])
    else positions.push(j)
  }
  const pairs: [number, number][] = []
  for (let i = 0; i < x.length; i++) {
    const j = waiting.get(x[i] ?? -1)?.pop()
    if (j !== undefined) pairs.push([i, j])
  }
  const targets = pairs.map(([, j]) => j)
  return longestIncreasing(targets).map((at) => pairs[at] ?? [0, 0])
}
