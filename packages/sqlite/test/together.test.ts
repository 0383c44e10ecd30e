import Database from 'libsql'
import { describe, expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { claimRequest, NOW, newEvent, newTask } from './sample.ts'

describe('work that is asked for at the same time', () => {
  test('is committed together', async () => {
    const database = new Database(':memory:')
    let commits = 0
    const counting = {
      prepare: (sql: string) => database.prepare(sql),
      exec(sql: string) {
        if (sql === 'COMMIT') commits += 1
        return database.exec(sql)
      },
      close() {},
    }
    const store = sqlite({ database: counting })
    await store.migrate()
    commits = 0
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.append({ events: [newEvent(`${index}`)] })))
    expect(commits).toBeLessThan(5)
    expect(await store.query.events({})).toHaveLength(20)
    database.close()
  })

  test('fails alone where it fails', async () => {
    const store = sqlite({ file: ':memory:' })
    await store.migrate()
    const names = ['a', 'b', 'a', 'c']
    const results = await Promise.allSettled(names.map((name) => store.append({ events: [newEvent(name)] })))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect((await store.query.events({})).map(({ id }) => id)).toEqual(['evt_c', 'evt_b', 'evt_a'])
    await store.close()
  })

  test('is written as it was when it was given', async () => {
    const store = sqlite({ file: ':memory:' })
    await store.migrate()
    const event = newEvent('a', { data: { list: ['a'] } })
    const asked = store.append({ events: [event] })
    Object.assign(event, { data: 'changed', type: 'changed', tasks: [], people: ['changed'] })
    await asked
    expect(await store.query.event('evt_a')).toMatchObject({
      data: { list: ['a'] },
      type: 'thing.happened',
      people: [],
    })
    expect(await store.claim(claimRequest())).toHaveLength(1)
    await store.close()
  })
})

test('a settlement that cannot be written does not take its neighbours with it', async () => {
  const store = sqlite({ file: ':memory:' })
  await store.migrate()
  await store.append({ events: [newEvent('a', { tasks: [newTask('t1'), newTask('t2'), newTask('t3')] })] })
  const claimed = await store.claim(claimRequest())
  const done = { at: NOW, transition: { status: 'done', result: null } } as const
  const settlements = claimed.map(({ lease }, index) =>
    index === 1 ? { lease, ...done, followUps: { events: [newEvent('a')] } } : { lease, ...done },
  )
  await expect(store.settle(settlements)).rejects.toMatchObject({ code: 'store' })
  const statuses = await Promise.all(claimed.map(async ({ task }) => (await store.query.task(task.id))?.status))
  expect(statuses).toEqual(['done', 'running', 'done'])
  await store.close()
})
