import type { JsonObject } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { EndpointRow, Store } from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { changeEndpoint } from './endpoint-store.ts'
import { FAILED_FOR_LONG } from './health.ts'
import { type HealthState, mayProbe } from './health-state.ts'
import { createHealthStore } from './health-store.ts'

export interface HealthRoundParts {
  store: Pick<Store, 'documents' | 'endpoints'>
  clock: Clock
  redactor: Pick<Redactor, 'url'>
  emit: (type: string, data: JsonObject, options: { project: string; idempotencyKey: string }) => Promise<unknown>
}

/**
 * Looks after endpoints that do not do well: lets disabled ones try again when their pause is over, finishes what a
 * process that died had begun, forgets those that a person took in hand.
 */
export async function healthRound({ store, clock, redactor, emit }: HealthRoundParts): Promise<void> {
  const documents = createHealthStore(store)
  for (const id of (await documents.all()).keys()) {
    const row = await store.endpoints.get(id)
    const { state, version } = await documents.get(id)
    if (state === null) continue
    if (row === null || (!row.enabled && row.disabledReason !== FAILED_FOR_LONG)) {
      await documents.put(id, null, version, clock.now())
    } else if (state.phase === 'probation') await setEnabled(row, true)
    else if (state.phase === 'disabled') await lookAfter(row, state, version)
  }

  async function lookAfter(row: EndpointRow, state: HealthState, version: number): Promise<void> {
    const now = clock.now()
    if (!state.told) {
      const data = { endpoint_id: row.id, url: redactor.url(row.url), reason: FAILED_FOR_LONG }
      const idempotencyKey = `pullwright:endpoint.disabled:${row.id}:${state.since}`
      await emit('endpoint.disabled', data, { project: row.project, idempotencyKey })
    }
    const told = { ...state, told: true }
    if (!mayProbe(state, now)) {
      await setEnabled(row, false)
      if (!state.told) await documents.put(row.id, told, version, now)
      return
    }
    const probation = { ...told, phase: 'probation' as const, pausedUntil: now }
    if (await documents.put(row.id, probation, version, now)) await setEnabled(row, true)
  }

  async function setEnabled({ id, project }: EndpointRow, enabled: boolean): Promise<void> {
    await changeEndpoint(store, id, project, clock.now(), (row) => {
      if (row.enabled === enabled) return null
      if (enabled && row.disabledReason !== FAILED_FOR_LONG) return null
      return { ...row, enabled, disabledReason: enabled ? null : FAILED_FOR_LONG }
    })
  }
}
