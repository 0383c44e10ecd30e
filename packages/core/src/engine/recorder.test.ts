import { describe, expect, it } from 'vitest'
import { PullwrightError } from '../errors.ts'
import type { AppendResult, NewEvent, Receipt, Recording } from '../ports/store.ts'
import { createRecorder } from './recorder.ts'

const event = (id: string, more: Partial<NewEvent> = {}): NewEvent => ({
  ...{ id, type: 'thing.noted', project: 'default', occurredAt: 1, recordedAt: 1, source: 'host', data: {} },
  ...{ attributes: {}, redactions: [], identity: null, kept: {}, idempotencyKey: null, orderingKey: null },
  ...{ rootId: id, causedBy: null, subject: null, people: [], tasks: [], ...more },
})

const receiptOf = (id: string): Receipt => ({
  ...{ source: 'forge', deliveryId: id, bodyHash: id, bodyWindowMs: 0, receivedAt: 1, eventId: id },
})

/** A store that answers when it is told to, and keeps what it was given. */
function slowStore(refused: string[] = []) {
  const batches: string[][] = []
  const waiting: (() => void)[] = []
  const append = async ({ events }: Recording): Promise<AppendResult> => {
    batches.push(events.map(({ id }) => id))
    await new Promise<void>((resolve) => waiting.push(resolve))
    if (events.some(({ id }) => refused.includes(id))) throw new PullwrightError('store', 'taken')
    return { status: 'recorded', events: events.map(({ id }) => ({ id, status: 'recorded' })) }
  }
  const answerAll = async () => {
    for (let turn = 0; turn < 20; turn++) {
      for (const resolve of waiting.splice(0)) resolve()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { append, batches, answerAll }
}

describe('recordings that come at the same time', () => {
  it('are written together, each with its own answer', async () => {
    const store = slowStore()
    const record = createRecorder(store)
    const all = Promise.all(['a', 'b', 'c', 'd'].map((id) => record({ events: [event(id)] })))
    await store.answerAll()
    expect((await all).map((result) => result.status === 'recorded' && result.events[0]?.id)).toEqual([
      ...['a', 'b', 'c', 'd'],
    ])
    expect(store.batches.length).toBeLessThan(4)
  })

  it('stand each for itself where one of them is refused', async () => {
    const store = slowStore(['bad'])
    const record = createRecorder(store)
    const all = Promise.allSettled(['a', 'bad', 'c', 'd'].map((id) => record({ events: [event(id)] })))
    await store.answerAll()
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })

  it('stand together with their receipts where the store takes several, each with its own answer', async () => {
    const { append, batches, answerAll } = slowStore(['bad'])
    const given: string[][] = []
    const appendAll = async (recordings: readonly Recording[]): Promise<AppendResult[]> => {
      const ids = recordings.flatMap(({ events }) => events.map(({ id }) => id))
      given.push(ids)
      if (ids.includes('bad')) throw new PullwrightError('store', 'taken')
      return recordings.map(({ events: [one] }) => ({ status: 'duplicate-receipt', eventId: `first of ${one?.id}` }))
    }
    const record = createRecorder({ append, appendAll })
    const send = (ids: string[]) =>
      Promise.allSettled(ids.map((id) => record({ events: [event(id)], receipt: receiptOf(id) })))
    const before = Promise.allSettled(['x', 'y'].map((id) => record({ events: [event(id)] })))
    const all = send(['a', 'b', 'c'])
    await answerAll()
    await before
    expect((await all).map((result) => result.status === 'fulfilled' && result.value)).toContainEqual({
      status: 'duplicate-receipt',
      eventId: 'first of c',
    })
    expect(given.flat()).toContain('c')
    const bad = send(['d', 'bad', 'e'])
    await answerAll()
    expect((await bad).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(batches).toEqual(expect.arrayContaining([['d'], ['bad'], ['e']]))
  })

  it('keep their receipts apart where the store takes one at a time', async () => {
    const store = slowStore()
    const record = createRecorder(store)
    const all = Promise.all(['a', 'b', 'c'].map((id) => record({ events: [event(id)], receipt: receiptOf(id) })))
    await store.answerAll()
    await all
    expect(store.batches).toEqual([['a'], ['b'], ['c']])
  })

  it('go alone where they may have to wait for another transaction', async () => {
    const store = slowStore()
    const record = createRecorder(store)
    const keyed = [event('a', { idempotencyKey: 'k' }), event('b', { orderingKey: 'k' })]
    const all = Promise.all([...keyed, event('c')].map((one) => record({ events: [one] })))
    await store.answerAll()
    await all
    expect(store.batches).toEqual(expect.arrayContaining([['a'], ['b'], ['c']]))
  })
})
