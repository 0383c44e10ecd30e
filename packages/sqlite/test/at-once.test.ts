import type { ClaimedTask } from '@pullwright/core'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { sqlite, sqliteTransaction } from '../src/index.ts'
import { claimRequest, LEASE, NOW, newEvent, newTask } from './sample.ts'

const lease = { from: NOW, until: NOW + LEASE }

async function openStore(database = new Database(':memory:')) {
  const store = sqlite({ database })
  await store.migrate()
  const claimIds = async () => (await store.claim(claimRequest())).map(({ task }) => task.id)
  return { store, database, claimIds }
}

test('watchers hear of a recording only where it leaves something to be claimed', async () => {
  const { store } = await openStore()
  let told = 0
  const stop = store.watch(() => {
    told += 1
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  await store.append({ events: [newEvent('a', { tasks: [newTask('t1', { lease })] })] })
  await turn()
  expect(told).toBe(0)
  await store.append({ events: [newEvent('b', { tasks: [newTask('t2', { lease }), newTask('t3')] })] })
  await turn()
  expect(told).toBe(1)
  stop()
  await store.close()
})

test('a task of a key is left to be claimed, whatever lease it is given', async () => {
  const { store, claimIds } = await openStore()
  const tasks = [newTask('t1', { concurrencyKey: 'k', lease }), newTask('t2', { concurrencyKey: 'k', lease })]
  const answer = await store.append({ events: [newEvent('a', { tasks })] })
  expect(answer).toEqual({ status: 'recorded', events: [{ id: 'evt_a', status: 'recorded' }] })
  expect(await claimIds()).toEqual(['t1'])
  await store.close()
})

test('what nobody would be told of is left to be claimed: follow-ups, and what a host records itself', async () => {
  const { store, database, claimIds } = await openStore()
  database.exec('BEGIN IMMEDIATE')
  const recording = { events: [newEvent('a', { tasks: [newTask('t1', { lease })] })] }
  const answer = await store.append(recording, { transaction: sqliteTransaction(database) })
  database.exec('COMMIT')
  expect(answer).toEqual({ status: 'recorded', events: [{ id: 'evt_a', status: 'recorded' }] })
  const [claimed] = await store.claim(claimRequest())
  const followUps = { events: [newEvent('b', { tasks: [newTask('t2', { lease })] })] }
  const done = { at: NOW, transition: { status: 'done', result: null }, followUps } as const
  await store.settle([{ lease: (claimed as ClaimedTask).lease, ...done }])
  expect(await claimIds()).toEqual(['t2'])
  await store.close()
})

test('a recording that fails beside others claims nothing, and theirs are claimed once', async () => {
  const { store, claimIds } = await openStore()
  const recordings = ['a', 'b', 'a', 'c'].map((name) => newEvent(name, { tasks: [newTask(`tsk_${name}`, { lease })] }))
  const results = await Promise.allSettled(recordings.map((event) => store.append({ events: [event] })))
  const tokens: string[] = []
  for (const result of results) {
    if (result.status === 'rejected' || result.value.status !== 'recorded') continue
    for (const { claimed = [] } of result.value.events)
      for (const each of claimed) {
        expect(each.task).toEqual(await store.query.task(each.task.id))
        tokens.push(each.lease.token)
      }
  }
  expect(new Set(tokens).size).toBe(3)
  expect(await claimIds()).toEqual([])
  await store.close()
})

test('an event that was claimed has all its members, before and after its record is read', async () => {
  const { store } = await openStore()
  const told = { data: { n: 1 }, attributes: { app: 'one' }, people: ['p'], subject: 'ada', idempotencyKey: '\u0000' }
  const tasks = [newTask('t1', { lease }), newTask('t2')]
  const answer = await store.append({ events: [newEvent('a', { ...told, tasks })] })
  const atOnce = answer.status === 'recorded' ? answer.events[0]?.claimed?.[0] : undefined
  const [claimed] = await store.claim(claimRequest())
  const stored = await store.query.event('evt_a')
  for (const event of [atOnce?.event, claimed?.event]) {
    expect(Object.keys(event ?? {}).sort()).toEqual(Object.keys(stored ?? {}).sort())
    expect(event).toEqual(stored)
    expect({ ...event }).toEqual(stored)
    expect(JSON.parse(JSON.stringify(event))).toEqual(stored)
  }
  await store.close()
})
