import Database from 'libsql'
import { expect, test } from 'vitest'
import { sqlite, sqliteTransaction } from '../src/index.ts'
import { testFolder } from './folder.ts'
import { claimRequest, newEvent } from './sample.ts'

const path = testFolder()

/** Whether the watcher is called because of `act`. */
async function isTold(watch: (listener: () => void) => () => void, act: () => unknown): Promise<boolean> {
  let stop = () => {}
  let timer: NodeJS.Timeout | undefined
  const told = new Promise<boolean>((resolve) => {
    stop = watch(() => resolve(true))
    timer = setTimeout(() => resolve(false), 2000)
  })
  // The first look only sees how things stand.
  await new Promise((resolve) => setTimeout(resolve, 50))
  await act()
  const answer = await told
  clearTimeout(timer)
  stop()
  return answer
}

test('a watcher hears of what another instance on the same file records', async () => {
  const file = path()
  const [here, there] = [sqlite({ file }), sqlite({ file })]
  await here.migrate()
  expect(await isTold(here.watch, () => there.append({ events: [newEvent('a')] }))).toBe(true)
  for (const store of [here, there]) await store.close()
})

test('a watcher hears of what a host commits on a connection of its own', async () => {
  const file = path()
  const store = sqlite({ file })
  await store.migrate()
  const host = new Database(file)
  const commit = async () => {
    host.exec('BEGIN IMMEDIATE')
    await store.append({ events: [newEvent('a')] }, { transaction: sqliteTransaction(host) })
    host.exec('COMMIT')
  }
  expect(await isTold(store.watch, commit)).toBe(true)
  host.close()
  await store.close()
})

test('a watcher hears of what a host commits on the connection it shares', async () => {
  const database = new Database(':memory:')
  const store = sqlite({ database })
  await store.migrate()
  const commit = async () => {
    database.exec('BEGIN IMMEDIATE')
    await store.append({ events: [newEvent('a')] }, { transaction: sqliteTransaction(database) })
    await new Promise((resolve) => setTimeout(resolve, 150))
    database.exec('COMMIT')
  }
  expect(await isTold(store.watch, commit)).toBe(true)
  expect(await store.claim(claimRequest())).toHaveLength(1)
  await store.close()
  database.close()
})

test('a claim that finds nothing disturbs nobody', async () => {
  const file = path()
  const [here, there] = [sqlite({ file }), sqlite({ file })]
  await here.migrate()
  let calls = 0
  const stop = here.watch(() => {
    calls += 1
  })
  await new Promise((resolve) => setTimeout(resolve, 150))
  const before = calls
  for (let index = 0; index < 20; index += 1) await there.claim(claimRequest())
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(calls).toBe(before)
  stop()
  for (const store of [here, there]) await store.close()
})
