import type { Clock } from '../ports/clock.ts'
import type { EndpointRow } from '../ports/store.ts'
import type { StopSignal } from '../stop-signal.ts'
import { createPace } from '../webhooks/endpoint-pace.ts'
import { settingsOf } from '../webhooks/endpoint-settings.ts'
import type { Health } from '../webhooks/health.ts'
import { DEFAULT_LIMIT } from './crowd.ts'

/** Whether a claimed delivery may go out now: its endpoint's health and rate say so. */
export interface Admission {
  /** Endpoints that get nothing for now, to be left out of claims. */
  held(): string[]
  /** Deliveries at once to this endpoint, in this process. */
  limitOf(endpoint: EndpointRow | null): number
  /** False: to be put back. Told at once where nothing needs to be waited for. */
  admit(endpoint: EndpointRow | null, wait: RateWait): boolean | Promise<boolean>
}

/** How to wait for an endpoint's rate: so many milliseconds at most, until `signal`; `begins` is told of it. */
export interface RateWait {
  patience: number
  signal: StopSignal
  begins: () => void
}

export function createAdmission({ health, clock }: { health: Health; clock: Required<Clock> }): Admission {
  const pace = createPace()
  return {
    held: () => [...health.paused(), ...pace.held(clock.now())],
    limitOf(endpoint) {
      if (endpoint === null) return DEFAULT_LIMIT
      return health.isFailing(endpoint.id) ? 1 : (settingsOf(endpoint).concurrency ?? DEFAULT_LIMIT)
    },
    admit(endpoint, wait) {
      if (endpoint === null || !endpoint.enabled) return true
      const now = clock.now()
      const at = pace.next(endpoint.id, settingsOf(endpoint).rateLimit, now, wait.patience)
      if (at - now > wait.patience) return false
      return at > now ? admitLater(endpoint, at - now, wait) : wait.signal.aborted || health.admit(endpoint)
    },
  }

  async function admitLater(
    endpoint: EndpointRow,
    milliseconds: number,
    { signal, begins }: RateWait,
  ): Promise<boolean> {
    begins()
    await pause(clock, milliseconds, signal)
    return signal.aborted || health.admit(endpoint)
  }
}

function pause(clock: Required<Clock>, milliseconds: number, signal: StopSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.setTimer(end, milliseconds)
    signal.addEventListener('abort', end, { once: true })
  })
}
