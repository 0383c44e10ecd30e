import { checkNames } from '../check-fields.ts'
import type { ScheduledWork } from '../engine/schedules.ts'
import { PullwrightError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Store } from '../ports/store.ts'
import { type AuditRetention, checkAuditRetention, pruneAudit } from './audit-retention.ts'
import { prune } from './prune.ts'

export interface RetentionOptions {
  /**
   * Events whose work has ended are deleted when they are older. At least 1; fractions are allowed above it. Default: they
   * stay.
   */
  days?: number
  /** How often to look for them. Default 3,600,000 ms (an hour). */
  everyMs?: number
  /** The audit log, looked at once a day. Default: every entry stays. */
  audit?: AuditRetention
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
  const { days, everyMs = HOUR, audit } = check(options ?? {})
  const events: ScheduledWork = {
    everyMs,
    async run(signal) {
      if (days === undefined) return
      const now = clock.now()
      const pruned = await prune(store, { before: now - days * DAY }, { now, signal })
      if (pruned > 0) log.info({ pruned, days }, 'Old events were deleted')
    },
  }
  const entries: ScheduledWork = {
    everyMs: DAY,
    async run(signal) {
      if (audit === undefined) return
      const taken = await pruneAudit(store, audit, { now: clock.now(), signal })
      if (taken > 0) log.info({ taken }, 'Old audit entries were deleted')
    },
  }
  return [
    ['pullwright/blobs', blobs],
    ...(days === undefined ? [] : [['pullwright/retention', events] as [string, ScheduledWork]]),
    ...(audit === undefined ? [] : [['pullwright/audit-retention', entries] as [string, ScheduledWork]]),
  ]
}

function check(options: RetentionOptions): RetentionOptions {
  checkNames('`retention`', options, { days: true, everyMs: true, audit: true })
  const { days, everyMs = HOUR, audit } = options
  if (audit !== undefined) checkAuditRetention(audit)
  if (days !== undefined && !(days >= 1))
    throw new PullwrightError('invalid-argument', '`retention.days` must be a number, 1 or more')
  if (!(everyMs >= 1_000)) {
    throw new PullwrightError('invalid-argument', '`retention.everyMs` must be a number of milliseconds, 1,000 or more')
  }
  return options
}
