import type { ScheduledWork } from '../engine/schedules.ts'
import { PullwrightError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Store } from '../ports/store.ts'
import { prune } from './prune.ts'

export interface RetentionOptions {
  /** Events whose work has ended are deleted when they are older. At least 1; fractions are allowed above it. */
  days: number
  /** How often to look. Default 3,600,000 ms (an hour). */
  everyMs?: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** What expires, as recurring work: blobs always, events where the host says after how many days. */
export function retentionWork(
  options: RetentionOptions | undefined,
  { store, clock, log }: { store: Store; clock: Clock; log: Logger },
): [name: string, ScheduledWork][] {
  const blobs: ScheduledWork = {
    everyMs: HOUR,
    async run() {
      await store.blobs.sweep(clock.now())
    },
  }
  if (options === undefined) return [['pullwright/blobs', blobs]]
  const { days, everyMs = HOUR } = check(options)
  const events: ScheduledWork = {
    everyMs,
    async run(signal) {
      const now = clock.now()
      const pruned = await prune(store, { before: now - days * DAY }, { now, signal })
      if (pruned > 0) log.info({ pruned, days }, 'Old events were deleted')
    },
  }
  return [
    ['pullwright/blobs', blobs],
    ['pullwright/retention', events],
  ]
}

function check(options: RetentionOptions): RetentionOptions {
  const { days, everyMs = HOUR } = options
  if (!(days >= 1)) throw new PullwrightError('invalid-argument', '`retention.days` must be a number, 1 or more')
  if (!(everyMs >= 1_000)) {
    throw new PullwrightError('invalid-argument', '`retention.everyMs` must be a number of milliseconds, 1,000 or more')
  }
  return options
}
