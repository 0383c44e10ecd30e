import type { LimitNotice } from './forge-limits.ts'
import type { ForgeRequestFacts } from './forge-request.ts'

export interface LimitBook {
  note(facts: ForgeRequestFacts, notice: LimitNotice, now: number): void
  /** A request was served without complaint: refusals in a row count anew. */
  clear(facts: ForgeRequestFacts): void
  /** Nothing may go out before, milliseconds since the epoch. */
  blockedUntil(facts: ForgeRequestFacts): number
}

interface Entry {
  until: number
  /** Refusals in a row for which the forge did not say how long. */
  silent: number
}

/** GitHub, "Best practices for using the REST API": without a time, at least a minute, doubled each time. */
const SILENT_WAIT_MS = 60_000
const LONGEST_SILENT_WAIT_MS = 60 * 60_000
const KEEP_AT_MOST = 1_000

/** Which credentials and allowances have to wait, and until when. */
export function createLimitBook(): LimitBook {
  const entries = new Map<string, Entry>()
  return {
    note(facts, notice, now) {
      const key = notice.scope === 'credential' ? facts.credential : facts.allowance
      const before = entries.get(key) ?? { until: 0, silent: 0 }
      const silent = notice.waitMs === null ? before.silent + 1 : before.silent
      const wait = notice.waitMs ?? Math.min(SILENT_WAIT_MS * 2 ** (silent - 1), LONGEST_SILENT_WAIT_MS)
      if (entries.size >= KEEP_AT_MOST) forgetPast(entries, now)
      entries.set(key, { until: Math.max(before.until, now + wait), silent })
    },
    clear(facts) {
      for (const key of [facts.credential, facts.allowance]) {
        const entry = entries.get(key)
        if (entry !== undefined) entries.set(key, { ...entry, silent: 0 })
      }
    },
    blockedUntil: (facts) =>
      Math.max(entries.get(facts.credential)?.until ?? 0, entries.get(facts.allowance)?.until ?? 0),
  }
}

/** Installation tokens live for an hour: without this the book would grow with every new one. */
function forgetPast(entries: Map<string, Entry>, now: number): void {
  for (const [key, { until }] of entries) if (until <= now) entries.delete(key)
}
