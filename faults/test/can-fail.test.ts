import {
  createPullwright,
  generateKey,
  memoryStore,
  type Recording,
  type Settlement,
  type Store,
} from '@pullwright/core'
import { describe, expect, test } from 'vitest'
import { checkInvariants } from '../src/check-invariants.ts'
import { type Facts, readFacts } from '../src/facts.ts'
import { newLedger, noteRecorded } from '../src/ledger.ts'
import type { MisbehaviourName } from '../src/misbehaviours.ts'
import { startSink } from '../src/sink.ts'

/** What the same checks say of a store that does not keep what it promises. The first request is answered as told. */
async function verdictOn(spoil: (store: Store) => Partial<Store>, first: MisbehaviourName | null): Promise<string[]> {
  const ledger = newLedger()
  const secret = `whsec_${generateKey()}`
  const sink = await startSink(ledger, secret)
  sink.mood = (_request, before) => (before === 0 ? first : null)
  const honest = memoryStore()
  let offset = 0
  const pullwright = createPullwright({
    store: { ...honest, ...spoil(honest) },
    key: generateKey(),
    egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
    clock: { now: () => Date.now() + offset },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  const retry = { base: 100, attempts: 10 }
  await pullwright.webhooks.endpoints.create({ url: sink.url, secret, events: ['*'], ordering: 'key', retry })
  for (let number = 0; number < 5; number += 1) {
    const key = `row/${number}`
    const data = { app_name: 'amber', variant_name: key }
    const { id } = await pullwright.emitter.emit('variant.created', data, { idempotencyKey: key, orderingKey: 'row' })
    noteRecorded(ledger, key, id)
  }
  for (let round = 0; round < 5; round += 1) {
    await pullwright.drain()
    // Whatever is tried again, or taken over from a worker that is gone, is due by then.
    offset += 60_000
  }
  const verdict = checkInvariants(ledger, await readFacts(honest))
  await pullwright.stop()
  await sink.close()
  return verdict
}

describe('the checks', () => {
  test('find nothing wrong with an honest store', async () => {
    expect(await verdictOn(() => ({}), null)).toEqual([])
    expect(await verdictOn(() => ({}), 'broken')).toEqual([])
    expect(await verdictOn(() => ({}), 'truncated')).toEqual([])
  })

  test('notice an event that was lost', async () => {
    const spoiled = await verdictOn((store) => ({ append: (recording) => pretend(store, recording) }), null)
    expect(spoiled).toContainEqual(expect.stringMatching(/^row\/2: recorded as evt_.*, and the store has it not$/))
    expect(spoiled).toContain('row/2: recorded and never delivered')
  })

  test('notice the loss of settlements', async () => {
    const spoiled = await verdictOn(() => ({ settle: async (all) => all.map(() => ({ status: 'settled' })) }), null)
    expect(spoiled).toContainEqual(expect.stringMatching(/^dlv_.*: stuck or given up as running$/))
  })

  test('notice the loss of attempts', async () => {
    const spoiled = await verdictOn(
      (store) => ({ settle: (all) => store.settle(all.map(({ attempt: _attempt, ...rest }) => rest)) }),
      null,
    )
    expect(spoiled).toContainEqual(expect.stringMatching(/^dlv_.*: 1 requests, 0 attempts$/))
  })

  test('notice that a failed delivery is called done', async () => {
    const spoiled = await verdictOn((store) => ({ settle: (all) => store.settle(all.map(flatter)) }), 'broken')
    expect(spoiled).toContainEqual(expect.stringMatching(/^dlv_.*: done, and the receiver accepted it never$/))
  })

  test('notice that bytes change from one try to the next', async () => {
    const claim = (store: Store): Store['claim'] => {
      return async (request) =>
        (await store.claim(request)).map(({ task, ...rest }) => {
          return { ...rest, task: { ...task, body: `${task.body}${' '.repeat(task.attempts)}` } }
        })
    }
    const spoiled = await verdictOn((store) => ({ claim: claim(store) }), 'broken')
    expect(spoiled).toContainEqual(expect.stringMatching(/^dlv_.*: sent with 2 different bodies$/))
  })

  test('notice that copies of one event come under several ids', async () => {
    const twice = ({ events, ...rest }: Recording): Recording => ({
      ...rest,
      events: events.map((event) => ({
        ...event,
        tasks: event.tasks.flatMap((task) => [task, { ...task, id: `${task.id}copy` }]),
      })),
    })
    const spoiled = await verdictOn((store) => ({ append: (recording) => store.append(twice(recording)) }), null)
    expect(spoiled).toContain('row/0: sent under 2 ids')
    expect(spoiled).toContainEqual(expect.stringMatching(/^dlv_.*copy: sent with another id in its body$/))
  })

  test('notice that order is not kept', async () => {
    const append = (store: Store): Store['append'] => {
      const loose = ({ events, ...rest }: Recording): Recording => ({
        ...rest,
        events: events.map((event) => ({
          ...event,
          tasks: event.tasks.map((task) => ({ ...task, ordered: false, concurrencyKey: null })),
        })),
      })
      return (recording) => store.append(loose(recording))
    }
    const spoiled = await verdictOn((store) => ({ append: append(store) }), 'broken')
    expect(spoiled).toContainEqual(expect.stringMatching(/^row\/\d: accepted after row\/\d$/))
  })

  test('notice a wrong signature, a stranger, an event recorded twice and attempts with a gap', () => {
    const request = { deliveryId: 'dlv_x', key: 'row/0', body: '{}', signed: false, accepted: true }
    const ledger = { recorded: new Map([['row/0', 'evt_1']]), requests: [request], accepted: [request] }
    const events = new Map([['row/0', ['evt_1', 'evt_2']]])
    expect(checkInvariants(ledger, { ...NOTHING, events })).toEqual([
      'row/0: recorded 2 times',
      'dlv_x: delivered, and the store has it not',
    ])
    expect(noteRecorded(ledger, 'row/0', 'evt_3')).toEqual(['row/0: recorded as evt_1 and again as evt_3'])
  })

  test('notice events that are not what the transactions of the host were', () => {
    const undone = 'any-own-a/1 undone'
    const facts = { ...NOTHING, events: new Map([['any-own-a/0', ['evt_1']]]), rows: new Set(['any-own-a/9']) }
    expect(checkInvariants(newLedger(), facts)).toEqual([
      'any-own-a/0: recorded and never delivered',
      'any-own-a/9: committed by the host, and the event is missing',
      'any-own-a/0: an event, and the host has no row of it',
    ])
    expect(checkInvariants(newLedger(), { ...NOTHING, events: new Map([[undone, ['evt_2']]]) })).toContain(
      `${undone}: was undone, and is there`,
    )
  })
})

const NOTHING: Facts = { tasks: [], attempts: new Map(), events: new Map(), rows: new Set() }

/** Says that all was recorded, and drops the third event. */
async function pretend(store: Store, recording: Recording): ReturnType<Store['append']> {
  const lost = recording.events.some(({ idempotencyKey }) => idempotencyKey === 'row/2')
  if (!lost) return store.append(recording)
  return { status: 'recorded', events: recording.events.map(({ id }) => ({ id, status: 'recorded' })) }
}

function flatter(settlement: Settlement): Settlement {
  const { transition } = settlement
  return transition.status === 'retrying' ? { ...settlement, transition: { status: 'done', result: null } } : settlement
}
