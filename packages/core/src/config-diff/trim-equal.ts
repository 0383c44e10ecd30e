import type { JsonValue } from '../json.ts'
import type { Equality } from './equality.ts'

/** What both have at the start and at the end, so that a small edit costs one pass. */
export function trimEqual(before: readonly JsonValue[], after: readonly JsonValue[], equal: Equality) {
  let start = 0
  let endBefore = before.length
  let endAfter = after.length
  // One against one is paired anyway: comparing first would double the work at every level of nesting.
  if (endBefore === 1 && endAfter === 1) return { start, endBefore, endAfter }
  const shorter = Math.min(endBefore, endAfter)
  while (start < shorter && equal(before[start], after[start])) start++
  while (endBefore > start && endAfter > start && equal(before[endBefore - 1], after[endAfter - 1])) {
    endBefore--
    endAfter--
  }
  return { start, endBefore, endAfter }
}
