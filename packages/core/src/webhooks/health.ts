import { createKeyedLock } from '../engine/keyed-lock.ts'
import { PullwrightError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { EndpointRow, Store } from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { settingsOf } from './endpoint-settings.ts'
import { changeEndpoint } from './endpoint-store.ts'
import { VIEW_MS } from './health-rules.ts'
import { afterFailure, type HealthState, isPaused, withPermit } from './health-state.ts'
import { createHealthStore, type StoredHealth } from './health-store.ts'

/** An operational event, recorded once for each episode however many processes saw it. */
export interface HealthEvent {
  type: 'endpoint.failing' | 'endpoint.disabled' | 'endpoint.recovered'
  data: JsonObject
  idempotencyKey: string
}

/** What follows from one attempt: to be recorded with it, and to be called once that is done. */
export interface HealthVerdict {
  events: HealthEvent[]
  recorded?: () => Promise<void>
}

export interface Health {
  /** Looks at all endpoints that do not do well, unless that was done just now. */
  refresh(): Promise<void>
  /** Those that get nothing for now. */
  paused(): string[]
  /** Known here as failing: one delivery at a time. */
  isFailing(endpointId: string): boolean
  /** Whether a delivery may go out now; told at once where all is well. To one that fails only a probe may, over all processes. */
  admit(endpoint: EndpointRow): true | Promise<boolean>
  /** A delivery arrived, or did not. Costs a healthy endpoint nothing when it did. */
  judge(endpoint: EndpointRow, arrived: boolean): HealthVerdict | Promise<HealthVerdict>
  /** The pause is over: somebody asked for a delivery now. */
  hurry(endpointId: string): Promise<void>
  /** Forgets what was: a person changed, enabled or disabled the endpoint. */
  reset(endpointId: string): Promise<void>
  /** Null for one that does well, as far as anybody knows. */
  of(endpointId: string): Promise<HealthState | null>
}

export interface HealthParts {
  store: Pick<Store, 'documents' | 'endpoints'>
  clock: Clock
  redactor: Pick<Redactor, 'url'>
}

/** Enough for any honest race over one document. */
const MOST_TRIES = 50

export const FAILED_FOR_LONG = 'Every delivery failed for five days'

/**
 * Endpoint health over all processes, kept in documents. Each process has its own view of it, a few seconds old at
 * most; whatever is decided is decided on the document itself.
 */
export function createHealth({ store, clock, redactor }: HealthParts): Health {
  const documents = createHealthStore(store)
  const inTurn = createKeyedLock()
  let view = new Map<string, HealthState>()
  let viewedAt: number | null = null

  return {
    async refresh() {
      const now = clock.now()
      if (viewedAt !== null && Math.abs(now - viewedAt) < VIEW_MS) return
      view = await documents.all()
      viewedAt = now
    },
    paused: () => [...view].filter(([, state]) => isPaused(state, clock.now())).map(([id]) => id),
    isFailing: (id) => (view.get(id)?.phase ?? 'shaky') !== 'shaky',

    admit: (endpoint) => ((view.get(endpoint.id)?.phase ?? 'shaky') === 'shaky' ? true : admitProbe(endpoint)),

    judge(endpoint, arrived) {
      if (!arrived) return failed(endpoint)
      return view.has(endpoint.id) ? succeeded(endpoint) : QUIET
    },

    async hurry(id) {
      if ((await read(id)).state === null) return
      await change(id, (state, now) =>
        state !== null && state.phase !== 'disabled' && !state.probing ? { ...state, pausedUntil: now } : state,
      )
    },

    async reset(id) {
      view.delete(id)
      await documents.remove(id, clock.now())
    },

    of: async (id) => (await read(id)).state,
  }

  async function admitProbe({ id, settings }: EndpointRow): Promise<boolean> {
    const { timeoutMs } = settingsOf({ settings })
    let admitted = true
    await change(id, (state, now) => {
      admitted = state === null || state.phase === 'shaky' || !isPaused(state, now)
      return state === null || state.phase === 'shaky' || !admitted ? state : withPermit(state, timeoutMs, now)
    })
    return admitted
  }

  async function failed(endpoint: EndpointRow): Promise<HealthVerdict> {
    const { id } = endpoint
    const state = await inTurn(id, () => change(id, afterFailure))
    if (state?.phase === 'disabled') await switchOff(endpoint)
    if (state === null || state.phase === 'shaky' || state.told) return QUIET
    const disabled = state.phase === 'disabled'
    const type = disabled ? 'endpoint.disabled' : 'endpoint.failing'
    const reason = disabled ? FAILED_FOR_LONG : `${state.failures} failures in a row`
    return verdict(endpoint, type, reason, state.since, async () => {
      await change(id, (now) => (now !== null && now.phase === state.phase ? { ...now, told: true } : now))
    })
  }

  async function succeeded(endpoint: EndpointRow): Promise<HealthVerdict> {
    const { id } = endpoint
    const { state } = await read(id)
    if (state === null) return QUIET
    const forget = async () => {
      view.delete(id)
      await documents.remove(id, clock.now())
    }
    if (state.phase !== 'shaky') {
      if (state.phase === 'disabled') await switchOn(endpoint)
      return verdict(endpoint, 'endpoint.recovered', 'A delivery arrived', state.since, forget)
    }
    await forget()
    return QUIET
  }

  /** Reads, changes and writes, again where another process was first. `edit` answers what it got to leave it. */
  async function change(
    id: string,
    edit: (state: HealthState | null, now: number) => HealthState | null,
  ): Promise<HealthState | null> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { state, version } = await read(id)
      const now = clock.now()
      const next = edit(state, now)
      if (next === state) return state
      if (!(await documents.put(id, next, version, now))) continue
      see(id, next)
      return next
    }
    throw new PullwrightError('conflict', `The health of endpoint ${id} kept changing at the same time`)
  }

  async function read(id: string): Promise<StoredHealth> {
    const stored = await documents.get(id)
    see(id, stored.state)
    return stored
  }

  function see(id: string, state: HealthState | null): void {
    if (state === null) view.delete(id)
    else view.set(id, state)
  }

  /** Only what we switched off do we switch on, and only what is as it was. */
  async function switchOff({ id, project, url }: EndpointRow): Promise<void> {
    await changeEndpoint(store, id, project, clock.now(), (row) =>
      row.enabled && row.url === url ? { ...row, enabled: false, disabledReason: FAILED_FOR_LONG } : null,
    )
  }

  async function switchOn({ id, project }: EndpointRow): Promise<void> {
    await changeEndpoint(store, id, project, clock.now(), (row) =>
      !row.enabled && row.disabledReason === FAILED_FOR_LONG ? { ...row, enabled: true, disabledReason: null } : null,
    )
  }

  function verdict(
    { id, url }: EndpointRow,
    type: HealthEvent['type'],
    reason: string,
    since: number,
    recorded: () => Promise<void>,
  ): HealthVerdict {
    const data = { endpoint_id: id, url: redactor.url(url), reason }
    return { events: [{ type, data, idempotencyKey: `pullwright:${type}:${id}:${since}` }], recorded }
  }
}

const QUIET: HealthVerdict = { events: [] }
