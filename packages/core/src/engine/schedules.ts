import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Store } from '../ports/store.ts'
import { messageOf } from './judge.ts'

export interface ScheduledWork {
  everyMs: number
  run(signal: AbortSignal): Promise<void>
}

export interface Schedules {
  register(): Promise<void>
  /** Starts what is due and owned by nobody else. */
  takeDue(signal: AbortSignal): Promise<Promise<void>[]>
  nextDueAt(): Promise<number | null>
}

/** A schedule that runs longer than this may be started by another process. */
const LEASE_MS = 10 * 60_000

/**
 * What is known of the next due time is believed for so long: a schedule that runs elsewhere may come due earlier than
 * it said while it ran.
 */
const KNOWN_MS = 30_000

/** Recurring work, one owner at a time over all processes. */
export function createSchedules(
  work: ReadonlyMap<string, ScheduledWork>,
  parts: { store: Store; clock: Clock; log: Logger },
): Schedules {
  const names = [...work.keys()]
  const { store, clock, log } = parts
  let known: { at: number; dueAt: number | null } | null = null

  return {
    async register() {
      const now = clock.now()
      const rows = [...work].map(([name, { everyMs }]) => ({ name, firstAt: now + everyMs }))
      if (rows.length > 0) await store.schedules.register(rows)
    },
    async takeDue(signal) {
      const runs: Promise<void>[] = []
      if (!(await mayBeDue())) return runs
      for (;;) {
        const claim = await store.schedules.claim({ names, now: clock.now(), leaseMs: LEASE_MS })
        if (!claim) break
        runs.push(run(claim, signal))
      }
      known = null
      return runs
    },
    nextDueAt,
  }

  /** A busy worker looks often: it does not ask the store each time. */
  async function mayBeDue(): Promise<boolean> {
    const dueAt = await nextDueAt()
    return dueAt !== null && dueAt <= clock.now()
  }

  async function nextDueAt(): Promise<number | null> {
    if (names.length === 0) return null
    const now = clock.now()
    if (known === null || now < known.at || now - known.at > KNOWN_MS) {
      known = { at: now, dueAt: await store.schedules.nextDueAt(names) }
    }
    return known.dueAt
  }

  async function run(claim: { name: string; token: string }, signal: AbortSignal): Promise<void> {
    const scheduled = work.get(claim.name)
    if (!scheduled) return
    try {
      await scheduled.run(signal)
    } catch (error) {
      log.error({ schedule: claim.name, error: messageOf(error) }, 'A schedule failed; it runs again at its next time')
    }
    known = null
    await store.schedules.settle(claim, clock.now() + scheduled.everyMs).catch((error: unknown) => {
      log.error(
        { schedule: claim.name, error: messageOf(error) },
        'A schedule could not be settled; it runs again when its lease ends',
      )
    })
  }
}
