import { expect, it } from 'vitest'
import { createGates } from './gates.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('lets so many in at once for each name and the rest in turn', async () => {
  const gates = createGates(() => 0)
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
  const all = ['a', 'b', 'c', 'd'].map((name) => gates.pass('same', 2, work(name)))
  const other = gates.pass('other', 1, async () => 'free')
  expect(await other).toBe('free')
  expect(order).toEqual(['a', 'b'])
  while (release.length > 0) {
    release.shift()?.()
    await turn()
  }
  await Promise.all(all)
  expect(order).toEqual(['a', 'b', 'c', 'd'])
  expect(most).toBe(2)
})

it('goes on after a failure', async () => {
  const gates = createGates(() => 0)
  await expect(gates.pass('x', 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gates.pass('x', 1, async () => 1)).toBe(1)
})

it('tells who came in at once, who waited, and who waited too long', async () => {
  let time = 0
  const gates = createGates(() => time)
  let release = () => {}
  const first = gates.pass('x', 1, async (entry) => {
    await new Promise<void>((resolve) => {
      release = resolve
    })
    return entry
  })
  const early = gates.pass('x', 1, async (entry) => entry)
  time = 500
  const late = gates.pass('x', 1, async (entry) => entry)
  gates.tire(499)
  expect(await early).toBe('tired')
  release()
  expect(await first).toBe('at-once')
  expect(await late).toBe('waited')
})
