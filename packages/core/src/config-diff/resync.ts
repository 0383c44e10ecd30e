import type { JsonValue } from '../json.ts'
import type { Equality } from './equality.ts'

/** How far ahead the sequences may meet again, and how often they may part. */
const WINDOW = 6
const MAX_BREAKS = 32
/** Elements that must agree in a row before two sequences count as together again. */
const PROOF = 3

/**
 * Aligns two long arrays that are equal but for a few places, in one pass and without hashing. Answers as
 * `alignSequences` does, or null where they differ too much for that.
 */
export function resync(before: readonly JsonValue[], after: readonly JsonValue[], equal: Equality): Int32Array | null {
  const source = new Int32Array(after.length).fill(-1)
  let i = 0
  let j = 0
  for (let breaks = 0; i < before.length && j < after.length; breaks++) {
    while (i < before.length && j < after.length && equal(before[i], after[j])) source[j++] = i++
    if (i >= before.length || j >= after.length) break
    const skip = breaks < MAX_BREAKS ? meetAgain(before, after, i, j, equal) : null
    if (skip === null) return null
    i += skip[0]
    j += skip[1]
  }
  return Math.abs(before.length - i - (after.length - j)) <= WINDOW ? source : null
}

/** The fewest elements to skip on each side. The ends of both count as meeting. */
function meetAgain(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  i: number,
  j: number,
  equal: Equality,
): [number, number] | null {
  for (let skipped = 1; skipped <= WINDOW; skipped++) {
    for (let x = skipped; x >= 0; x--) {
      const y = skipped - x
      let run = 0
      while (run < PROOF && agree(i + x + run, j + y + run)) run++
      if (run === PROOF) return [x, y]
    }
  }
  return null

  function agree(x: number, y: number): boolean {
    if (x < before.length && y < after.length) return equal(before[x], after[y])
    return x >= before.length && y >= after.length
  }
}
