import type { JsonValue } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Handler, Outcome } from '../ports/plugin.ts'
import type { NewEvent, Settlement, SettleResult, Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { StopSignal } from '../stop-signal.ts'
import type { Deliver } from '../webhooks/deliver.ts'
import type { Health } from '../webhooks/health.ts'
import type { Accept } from './accept.ts'
import type { HandlerParts, HandlerRun } from './handler-run.ts'
import { messageOf } from './judge.ts'

/** Why a run is aborted whose lease is over, as far as this worker can tell. */
export const LEASE_LOST = 'The lease of this task was lost'

/** What a worker needs to run tasks. */
export interface RunTaskParts {
  store: Store
  accept: Accept
  settle: (settlement: Settlement) => Promise<SettleResult>
  recorded: (events: readonly NewEvent[]) => void
  handlers: ReadonlyMap<string, { plugin: string; handler: Handler }>
  handlerParts: HandlerParts
  deliver: Deliver
  health: Health
  redactor: Redactor
  log: Logger
  clock: Required<Clock>
  random: () => number
  telemetry: Telemetry
}

/** What one run of a task came to, before it is settled. */
export interface Run extends HandlerRun {
  error: string | null
  details: JsonValue
  /**
   * Not a run that counts: it was superseded, or the worker stops. `lost`: the lease is over, and whoever takes the task
   * over notes the attempt; a receiver may have got it.
   */
  uncounted?: 'superseded' | 'stopped' | 'lost'
  /** To be called once the run is settled. */
  recorded?: (() => Promise<void>) | undefined
}

export function failed(outcome: Outcome): Run {
  return { outcome, followUps: [], progress: null, error: reasonOf(outcome), details: null }
}

export function uncounted(why: NonNullable<Run['uncounted']>): Run {
  return { outcome: { kind: 'done' }, followUps: [], progress: null, error: null, details: null, uncounted: why }
}

/** A run that its worker's end, or that of its lease, cut short. */
export function cutShort(stopping: StopSignal): Run {
  return uncounted(messageOf(stopping.reason) === LEASE_LOST ? 'lost' : 'stopped')
}

export function reasonOf(outcome: Outcome): string | null {
  return outcome.kind === 'retry' || outcome.kind === 'dead' ? (outcome.reason ?? null) : null
}
