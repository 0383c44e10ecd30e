import { expect, it } from 'vitest'
import type { EndpointRow } from './ports/store.ts'
import { createRecentRows } from './recent-rows.ts'

it('asks once for many readers, again after a change, and again after a failure', async () => {
  let asked = 0
  let broken = false
  const rows = createRecentRows<EndpointRow>({
    get: async () => null,
    async list() {
      asked++
      if (broken) throw new Error('cut')
      return []
    },
    put: async () => true,
    remove: async () => true,
  })
  await Promise.all([rows.rows.list({ project: 'a' }), rows.rows.list({ project: 'a' })])
  expect(asked).toBe(1)
  await rows.rows.list({ project: 'b' })
  expect(asked).toBe(2)
  rows.forget()
  broken = true
  await expect(rows.rows.list({ project: 'a' })).rejects.toThrow('cut')
  broken = false
  expect(await rows.rows.list({ project: 'a' })).toEqual([])
  expect(asked).toBe(4)
})

it('has an answer renewed before it is old, so that nobody waits for it', async () => {
  let at = 0
  const asked: ((rows: EndpointRow[]) => void)[] = []
  const list = () => new Promise<EndpointRow[]>((resolve) => void asked.push(resolve))
  const rest = { get: async () => null, put: async () => true, remove: async () => true }
  const recent = createRecentRows<EndpointRow>({ list, ...rest }, () => at)
  const rowsOf = (id: string) => [{ id } as EndpointRow]
  const reading = recent.rows.list()
  asked[0]?.(rowsOf('one'))
  expect(await reading).toEqual(rowsOf('one'))
  at = 124
  await recent.rows.list()
  expect(asked).toHaveLength(1)
  at = 125
  expect(await recent.rows.list()).toEqual(rowsOf('one'))
  expect(await recent.rows.list()).toEqual(rowsOf('one'))
  expect(asked).toHaveLength(2)
  // Too old by now: who reads waits for what is on its way.
  at = 250
  const late = recent.rows.list()
  asked[1]?.(rowsOf('two'))
  expect(await late).toEqual(rowsOf('two'))
  at = 374
  expect(await recent.rows.list()).toEqual(rowsOf('two'))
  // A renewal that began before a change is not taken for what is true after it.
  recent.forget()
  const anew = recent.rows.list()
  asked[2]?.(rowsOf('before the change'))
  asked[3]?.(rowsOf('three'))
  expect(await anew).toEqual(rowsOf('three'))
  expect(await recent.rows.list()).toEqual(rowsOf('three'))
})
