import type { EndpointRow } from '../ports/store.ts'
import type { HealthState } from './health-state.ts'

/** How an endpoint does. Times are milliseconds since the epoch. */
export interface EndpointHealth {
  /**
   * `healthy`: as far as anybody knows. `failing`: it gets one probe at a time, with pauses. `disabled`: by a person, by
   * its answer 410, or after failing for long; see `disabledReason` of the endpoint.
   */
  status: 'healthy' | 'failing' | 'disabled'
  /** In a row, up to now. */
  failures: number
  /** When the first of them was; null where there is none. */
  failingSince: number | null
  /** When it is tried again; null where nothing holds it up, and where only a person can enable it. */
  nextProbeAt: number | null
}

export function endpointHealth({ enabled }: Pick<EndpointRow, 'enabled'>, state: HealthState | null): EndpointHealth {
  const failing = state !== null && state.phase !== 'shaky'
  return {
    status: enabled ? (failing ? 'failing' : 'healthy') : 'disabled',
    failures: state?.failures ?? 0,
    failingSince: state?.since ?? null,
    nextProbeAt: failing ? state.pausedUntil : null,
  }
}
