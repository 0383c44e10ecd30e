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
