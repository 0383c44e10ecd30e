import type { Accept } from './engine/accept.ts'
import type { ScheduledWork } from './engine/schedules.ts'
import type { JsonObject } from './json.ts'
import type { Clock } from './ports/clock.ts'
import type { Logger } from './ports/logger.ts'
import type { Store } from './ports/store.ts'
import type { Redactor } from './redaction/redactor.ts'
import { warnOfOldCredentials } from './retention/credential-age.ts'
import { type RetentionOptions, retentionWork } from './retention/retention.ts'
import { healthRound } from './webhooks/health-round.ts'
import { ROUND_MS } from './webhooks/health-rules.ts'

export interface BuiltInParts {
  store: Store
  accept: Accept
  redactor: Redactor
  clock: Clock
  log: Logger
  retention: RetentionOptions | undefined
}

const DAY = 24 * 3_600_000

/** The recurring work of Pullwright itself, by name. No plugin is called `pullwright`. */
export function builtInSchedules(parts: BuiltInParts): [name: string, ScheduledWork][] {
  const emit = (type: string, data: JsonObject, options: { project: string; idempotencyKey: string }) =>
    parts.accept.accept([{ ...parts.accept.check(type, data), source: 'pullwright', ...options }])
  return [
    ['pullwright/endpoint-health', { everyMs: ROUND_MS, run: () => healthRound({ ...parts, emit }) }],
    ['pullwright/credential-age', { everyMs: DAY, run: () => warnOfOldCredentials({ ...parts, emit }) }],
    ...retentionWork(parts.retention, parts),
  ]
}
