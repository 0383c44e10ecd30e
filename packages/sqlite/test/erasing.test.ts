import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { testFolder } from './folder.ts'
import { claimRequest, NOW, newEvent, newTask } from './sample.ts'

const path = testFolder()

test('nothing of a person who is forgotten is left in the file', async () => {
  const file = path()
  const store = sqlite({ file })
  await store.migrate()
  const word = ['Ada', 'Lovelace'].join(' ')
  const data = { by: word, long: `${word} `.repeat(2000) }
  for (let index = 0; index < 60; index += 1) {
    const body = JSON.stringify(data)
    const task = newTask(`t${index}`, { body })
    await store.append({
      events: [newEvent(`${index}`, { data, attributes: { by: word }, people: ['p'], tasks: [task] })],
    })
  }
  const claimed = await store.claim(claimRequest({ limit: 5 }))
  for (const { lease } of claimed) await store.saveStep(lease, { name: 'clone', sealed: word })
  const attempt = { startedAt: NOW, endedAt: NOW, outcome: 'dead', error: word, details: data } as const
  const dead = { status: 'dead', reason: word, result: data } as const
  await store.settle(claimed.map(({ lease }) => ({ lease, at: NOW, transition: dead, attempt, progress: word })))
  const isLeft = () =>
    readdirSync(dirname(file))
      .filter((name) => name.startsWith(basename(file)))
      .some((name) => readFileSync(join(dirname(file), name)).includes(word))
  expect(isLeft()).toBe(true)
  expect(await store.forget({ project: 'acme', person: 'p', at: NOW })).toBe(60)
  expect(isLeft()).toBe(false)
  expect(await store.query.events({ attributes: { by: word } })).toEqual([])
  await store.close()
})

test('pruning lets others in between, however much there is', async () => {
  const store = sqlite({ file: path(), durability: 'normal' })
  await store.migrate()
  const names = Array.from({ length: 1000 }, (_, index) => String(index))
  await store.append({ events: names.map((name) => newEvent(name, { tasks: [] })) })
  let turns = 0
  let pruned = false
  const counting = async () => {
    for (; !pruned; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  const [count] = await Promise.all([
    store.prune({ before: NOW + 1, limit: 950 }).finally(() => {
      pruned = true
    }),
    counting(),
  ])
  expect(count).toBe(950)
  expect(turns).toBeGreaterThan(9)
  expect((await store.query.events({})).map(({ id }) => id)).toEqual(
    names
      .slice(950)
      .reverse()
      .map((name) => `evt_${name}`),
  )
  await store.close()
})

test('old receipts go with a prune, all of them, and those of events that stay do not', async () => {
  const store = sqlite({ file: ':memory:' })
  await store.migrate()
  const receipt = (name: string, eventId: string | null) => {
    return { source: 's', deliveryId: name, bodyHash: name, bodyWindowMs: 0, receivedAt: NOW, eventId }
  }
  await store.append({ events: [newEvent('kept')], receipt: receipt('kept', 'evt_kept') })
  const names = Array.from({ length: 1200 }, (_, index) => String(index))
  await Promise.all(names.map((name) => store.append({ events: [], receipt: receipt(name, null) })))
  expect(await store.prune({ before: NOW + 1, limit: 10 })).toBe(0)
  expect(await store.append({ events: [], receipt: receipt('1199', null) })).toMatchObject({ status: 'recorded' })
  expect(await store.append({ events: [], receipt: receipt('kept', null) })).toEqual({
    status: 'duplicate-receipt',
    eventId: 'evt_kept',
  })
  await store.close()
})
