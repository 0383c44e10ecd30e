import type { JsonObject, JsonValue } from '../json.ts'
import { HEALTH_RULES, PROBE_SLACK_MS } from './health-rules.ts'

/**
 * What is kept about an endpoint that does not do well; nothing is kept about one that does.
 * - `shaky`: failures are counted, deliveries flow.
 * - `failing`: one probe at a time, a growing pause after each that fails.
 * - `disabled`: switched off. After a growing pause it goes on `probation`: switched on for one probe.
 */
export type HealthPhase = 'shaky' | 'failing' | 'disabled' | 'probation'

export interface HealthState extends JsonObject {
  phase: HealthPhase
  /** In a row. */
  failures: number
  /** When the first of them was, milliseconds since the epoch. */
  since: number
  /** No delivery before. */
  pausedUntil: number
  /** How many pauses there were in this phase; the next one is longer. */
  pauses: number
  /** Somebody has the permit to try one delivery. */
  probing: boolean
  /** The event about this phase is recorded. */
  told: boolean
}

export function readState(value: JsonValue | undefined): HealthState | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as HealthState) : null
}

/** The state after one more failure. */
export function afterFailure(before: HealthState | null, now: number): HealthState {
  const { failing, disabled, pauses, probes } = HEALTH_RULES
  const state = { ...(before ?? { ...FRESH, since: now }), failures: (before?.failures ?? 0) + 1 }
  const forMs = now - state.since
  switch (state.phase) {
    case 'shaky':
      if (state.failures < failing.failures || forMs < failing.overMs) return state
      return { ...state, phase: 'failing', pausedUntil: now + pauses.first, pauses: 1 }
    case 'failing':
      if (state.failures >= disabled.failures && forMs >= disabled.overMs) {
        const pausedUntil = now + probes.first
        return { ...state, phase: 'disabled', pausedUntil, pauses: 1, probing: false, told: false }
      }
      return state.probing ? paused(state, pauses, now) : state
    case 'probation':
      return { ...paused(state, probes, now), phase: 'disabled' }
    case 'disabled':
      return state
  }
}

/** Whether it gets nothing for now. A pause that ends later than any pause can is left over from a clock that ran ahead. */
export function isPaused({ phase, pausedUntil }: HealthState, now: number): boolean {
  if (phase === 'shaky') return false
  return phase === 'disabled' || !isOver(pausedUntil, now)
}

/** Whether a disabled endpoint may be tried again. */
export function mayProbe({ phase, pausedUntil }: HealthState, now: number): boolean {
  return phase === 'disabled' && isOver(pausedUntil, now)
}

/** With the permit for one delivery, which is taken back when nothing has been heard of it. */
export function withPermit(state: HealthState, timeoutMs: number, now: number): HealthState {
  return { ...state, probing: true, pausedUntil: now + timeoutMs + PROBE_SLACK_MS }
}

const FRESH: HealthState = {
  phase: 'shaky',
  failures: 0,
  since: 0,
  pausedUntil: 0,
  pauses: 0,
  probing: false,
  told: false,
}

function isOver(pausedUntil: number, now: number): boolean {
  return pausedUntil <= now || pausedUntil - now > HEALTH_RULES.probes.longest
}

function paused(state: HealthState, { first, longest }: { first: number; longest: number }, now: number): HealthState {
  const pause = Math.min(first * 2 ** state.pauses, longest)
  return { ...state, pausedUntil: now + pause, pauses: state.pauses + 1, probing: false }
}
