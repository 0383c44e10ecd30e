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

/** Recurring work, one owner at a time over all processes. */
export function createSchedules(
  work: ReadonlyMap<string, ScheduledWork>,
  parts: { store: Store; clock: Clock; log: Logger },
): Schedules {
  const names = [...work.keys()]
  const { store, clock, log } = parts

  return {
    async register() {
      const now = clock.now()
      const rows = [...work].map(([name, { everyMs }]) => ({ name, firstAt: now + everyMs }))
      if (rows.length > 0) await store.schedules.register(rows)
    },
    async takeDue(signal) {
      const runs: Promise<void>[] = []
      while (names.length > 0) {
        const claim = await store.schedules.claim({ names, now: clock.now(), leaseMs: LEASE_MS })
        if (!claim) break
        runs.push(run(claim, signal))
      }
      return runs
    },
    nextDueAt: () => (names.length === 0 ? Promise.resolve(null) : store.schedules.nextDueAt(names)),
  }

  async function run(claim: { name: string; token: string }, signal: AbortSignal): Promise<void> {
    const scheduled = work.get(claim.name)
    if (!scheduled) return
    try {
      await scheduled.run(signal)
    } catch (error) {
      log.error({ schedule: claim.name, error: messageOf(error) }, 'A schedule failed; it runs again at its next time')
    }
    await store.schedules.settle(claim, clock.now() + scheduled.everyMs).catch((error: unknown) => {
      log.error(
        { schedule: claim.name, error: messageOf(error) },
        'A schedule could not be settled; it runs again when its lease ends',
      )
    })
  }
}
