import { describe, expect, test } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { memoryStore } from '../memory/memory-store.ts'
import type { ClaimedTask, Settlement, Store } from '../ports/store.ts'
import { createDeliveries } from './deliveries.ts'
import { planDelivery } from './plan.ts'
import { anEndpoint, anEvent, record, START, stillClock } from './test-records.ts'

async function world({ count = 3, project = 'default' } = {}) {
  const store = memoryStore()
  const clock = stillClock()
  const row = anEndpoint({}, { project })
  await store.endpoints.put(row)
  for (let n = 1; n <= count; n += 1) {
    const event = anEvent({ id: `evt_${n}`, project, recordedAt: START + n, type: n % 2 ? 'a.odd' : 'a.even' })
    await record(store, event, [planDelivery(row, event, `dlv_${n}`)])
  }
  clock.at = START + 100_000
  let nudges = 0
  const parts = { store, clock, nudge: () => (nudges += 1) }
  return { store, clock, parts, nudged: () => nudges, deliveries: createDeliveries(parts) }
}

async function claim(store: Store, limit = 1000): Promise<ClaimedTask[]> {
  const request = { worker: 'w', now: START + 200_000, leaseMs: 60_000, limit, handlers: [], endpoints: true }
  return [...(await store.claim({ ...request, lane: 'first' })), ...(await store.claim({ ...request, lane: 'retry' }))]
}

async function end(store: Store, transition: Settlement['transition'], limit?: number): Promise<void> {
  const at = START + 200_000
  const attempt = {
    startedAt: at,
    endedAt: at,
    outcome: transition.status === 'done' ? 'done' : 'dead',
    error: null,
    details: null,
  } as const
  for (const { lease } of await claim(store, limit)) await store.settle([{ lease, at, transition, attempt }])
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (isPullwrightError(error)) return error.code
    throw error
  }
  return 'no error'
}

const dead = { status: 'dead', reason: 'HTTP 404: final' } as const

describe('list and get', () => {
  test('newest first, with the endpoint', async () => {
    const { deliveries } = await world()
    const all = await deliveries.list()
    expect(all.map(({ id }) => id)).toEqual(['dlv_3', 'dlv_2', 'dlv_1'])
    expect(all[0]).toMatchObject({ endpointId: 'end_1', status: 'pending', eventType: 'a.odd' })
  })

  test('by endpoint, event, type, status, time and attribute, in pages', async () => {
    const { deliveries, store } = await world({ count: 5 })
    await end(store, dead, 2)
    const ids = async (filter: Parameters<typeof deliveries.list>[0]) =>
      (await deliveries.list(filter)).map(({ id }) => id)
    expect(await ids({ endpoint: 'end_2' })).toEqual([])
    expect(await ids({ event: 'evt_2' })).toEqual(['dlv_2'])
    expect(await ids({ type: 'a.even' })).toEqual(['dlv_4', 'dlv_2'])
    expect(await ids({ status: 'dead' })).toEqual(['dlv_2', 'dlv_1'])
    expect(await ids({ status: ['dead', 'pending'], since: new Date(START + 2), until: START + 4 })).toEqual([
      'dlv_3',
      'dlv_2',
    ])
    expect(await ids({ since: new Date(START + 5).toISOString() })).toEqual(['dlv_5'])
    expect(await ids({ attributes: { environment: 'production' } })).toHaveLength(5)
    expect(await ids({ attributes: { environment: 'staging' } })).toEqual([])
    const first = await deliveries.list({ limit: 2 })
    expect(await ids({ limit: 2, after: first[1]?.sequence ?? 0 })).toEqual(['dlv_3', 'dlv_2'])
    expect(await codeOf(deliveries.list({ since: 'yesterday' }))).toBe('invalid-argument')
  })

  test('a delivery comes with its attempts', async () => {
    const { deliveries, store } = await world({ count: 1 })
    await end(store, dead)
    const { history, ...delivery } = await deliveries.get('dlv_1')
    expect(delivery).toMatchObject({ status: 'dead', reason: 'HTTP 404: final' })
    expect(history).toMatchObject([{ number: 1, outcome: 'dead' }])
    expect(await codeOf(deliveries.get('dlv_9'))).toBe('not-found')
  })

  test('other tenants’ deliveries are not found, and neither are tasks of handlers', async () => {
    const { deliveries, parts } = await world({ project: 'mine', count: 1 })
    expect(await deliveries.list()).toEqual([])
    expect(await deliveries.list({ project: '*' })).toHaveLength(1)
    const theirs = createDeliveries({ ...parts, project: 'theirs' })
    expect(await theirs.list()).toEqual([])
    expect(await codeOf(theirs.list({ project: 'mine' }))).toBe('invalid-argument')
    expect(await codeOf(theirs.get('dlv_1'))).toBe('not-found')
    expect(await codeOf(theirs.retry('dlv_1'))).toBe('not-found')
    expect(await codeOf(theirs.recover({ endpoint: 'end_1', since: 0 }))).toBe('not-found')
    const event = anEvent({ id: 'evt_t', project: 'mine' })
    const task = {
      ...planDelivery(anEndpoint(), event, 'tsk_1'),
      target: { kind: 'handler', handler: 'p/h' } as const,
      body: null,
    }
    await record(parts.store, event, [task])
    expect(await codeOf(deliveries.get('tsk_1'))).toBe('not-found')
  })
})

describe('retry', () => {
  test('sends an ended delivery again, under the same id, with its attempts kept', async () => {
    const { deliveries, store, nudged } = await world({ count: 1 })
    await end(store, dead)
    expect(await deliveries.retry('dlv_1')).toMatchObject({ id: 'dlv_1', status: 'pending', endpointId: 'end_1' })
    expect(nudged()).toBe(1)
    await end(store, { status: 'done', result: null })
    expect((await deliveries.get('dlv_1')).history).toHaveLength(2)
    expect(await deliveries.retry('dlv_1')).toMatchObject({ status: 'pending' })
  })

  test('takes the place of a retry that is still to come', async () => {
    const { deliveries, store, clock } = await world({ count: 1 })
    await end(store, { status: 'retrying', dueAt: START + 9_000_000, reason: 'HTTP 503' })
    expect(await deliveries.retry('dlv_1')).toMatchObject({ status: 'pending', dueAt: clock.at })
    expect(await store.query.tasks({})).toHaveLength(1)
  })

  test('is refused while an attempt is under way, and for an endpoint that is disabled', async () => {
    const { deliveries, store } = await world({ count: 1 })
    await claim(store)
    expect(await codeOf(deliveries.retry('dlv_1'))).toBe('conflict')
    await store.endpoints.put(anEndpoint({}, { version: 2, enabled: false }))
    expect(await codeOf(deliveries.retry('dlv_1'))).toBe('conflict')
    await store.endpoints.remove('end_1')
    expect(await codeOf(deliveries.retry('dlv_1'))).toBe('not-found')
  })
})

describe('recover', () => {
  test('sends again what died in a stretch of time', async () => {
    const { deliveries, store, nudged } = await world({ count: 5 })
    await end(store, dead)
    expect(await deliveries.recover({ endpoint: 'end_1', since: START + 2, until: START + 5 })).toEqual({
      recovered: 3,
    })
    expect((await deliveries.list({ status: 'pending' })).map(({ id }) => id)).toEqual(['dlv_4', 'dlv_3', 'dlv_2'])
    expect(nudged()).toBeGreaterThan(0)
  })

  test('leaves what arrived alone unless that is asked for', async () => {
    const { deliveries, store } = await world()
    await end(store, { status: 'done', result: null })
    expect(await deliveries.recover({ endpoint: 'end_1', since: 0 })).toEqual({ recovered: 0 })
    expect(await deliveries.recover({ endpoint: 'end_1', since: 0, status: 'done' })).toEqual({ recovered: 3 })
  })

  test('takes any number, in batches, each once although they die again at once', async () => {
    const { store, parts } = await world({ count: 1_203 })
    await end(store, dead, 2_000)
    const batches: number[] = []
    const dying: Pick<Store, 'query' | 'redrive' | 'cancel' | 'endpoints'> = {
      ...store,
      async redrive(request) {
        const again = await store.redrive(request)
        batches.push(again.length)
        await end(store, dead, 2_000)
        return again
      },
    }
    const { recovered } = await createDeliveries({ ...parts, store: dying }).recover({ endpoint: 'end_1', since: 0 })
    expect(recovered).toBe(1_203)
    expect(batches).toEqual([203, 500, 500])
    const attempts = await Promise.all([1, 600, 1_203].map((n) => store.query.attempts(`dlv_${n}`)))
    expect(attempts.map((history) => history.length)).toEqual([2, 2, 2])
  })

  test('needs an endpoint that can take them', async () => {
    const { deliveries, store } = await world()
    expect(await codeOf(deliveries.recover({ endpoint: 'end_9', since: 0 }))).toBe('not-found')
    await store.endpoints.put(anEndpoint({}, { version: 2, enabled: false }))
    expect(await codeOf(deliveries.recover({ endpoint: 'end_1', since: 0 }))).toBe('conflict')
    expect(await codeOf(deliveries.recover({ endpoint: 'end_1', since: new Date('never') }))).not.toBe('no error')
    expect(await codeOf(deliveries.recover({ endpoint: 'end_1', since: 5, until: 5 }))).toBe('invalid-argument')
  })
})
