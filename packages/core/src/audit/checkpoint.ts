import type { JsonValue } from '../json.ts'
import type { AuditCheckpoint, AuditEntry } from '../ports/store.ts'
import { PRUNED } from './chain.ts'

/** What an entry says was taken out before it; null for every other entry. */
export function checkpointOf(entry: AuditEntry): AuditCheckpoint | null {
  const { action, erased: isErased, details } = entry
  if (action !== PRUNED || isErased === true || !isObject(details)) return null
  const { through, hash, erased } = details
  return {
    through: typeof through === 'number' ? Math.min(through, entry.sequence - 1) : 0,
    hash: typeof hash === 'string' ? hash : '',
    erased: Array.isArray(erased) ? erased.filter(isRange) : [],
  }
}

/** Whether the checkpoint says of this entry that it was emptied or deleted. */
export function covers({ through, erased }: AuditCheckpoint, sequence: number, what: 'erase' | 'prune'): boolean {
  if (what === 'prune') return sequence <= through
  return erased.some(([from, to]) => from <= sequence && sequence <= to)
}

/** Ascending numbers as first and last of each run. */
export function rangesOf(sequences: readonly number[]): [from: number, to: number][] {
  const ranges: [number, number][] = []
  for (const sequence of sequences) {
    const last = ranges.at(-1)
    if (last?.[1] === sequence - 1) last[1] = sequence
    else ranges.push([sequence, sequence])
  }
  return ranges
}

function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRange(value: JsonValue): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number')
}
