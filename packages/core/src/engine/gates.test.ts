import { expect, it } from 'vitest'
import { createGates } from './gates.ts'

it('lets so many in at once for each name and the rest in turn', async () => {
  const gate = createGates()
  const order: string[] = []
  let running = 0
  let most = 0
  const release: (() => void)[] = []
  const work = (name: string) => async () => {
    most = Math.max(most, ++running)
    order.push(name)
    await new Promise<void>((resolve) => release.push(resolve))
    running--
  }
  const all = ['a', 'b', 'c', 'd'].map((name) => gate('same', 2, work(name)))
  const other = gate('other', 1, async () => 'free')
  expect(await other).toBe('free')
  expect(order).toEqual(['a', 'b'])
  while (release.length > 0) {
    release.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(all)
  expect(order).toEqual(['a', 'b', 'c', 'd'])
  expect(most).toBe(2)
})

it('goes on after a failure', async () => {
  const gate = createGates()
  await expect(gate('x', 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate('x', 1, async () => 1)).toBe(1)
})
