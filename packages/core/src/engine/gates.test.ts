import { expect, it } from 'vitest'
import { createGates } from './gates.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('lets so many in at once for each name and the rest in turn', async () => {
  const gates = createGates(() => 0)
  const order: string[] = []
  let inside = 0
  let most = 0
  const come = async (name: string) => {
    await gates.enter('same', 2)
    most = Math.max(most, ++inside)
    order.push(name)
  }
  const all = ['a', 'b', 'c', 'd'].map(come)
  expect(gates.enter('other', 1)).toBe('at-once')
  await turn()
  expect(order).toEqual(['a', 'b'])
  while (inside > 0) {
    inside--
    gates.leave('same')
    await turn()
  }
  await Promise.all(all)
  expect(order).toEqual(['a', 'b', 'c', 'd'])
  expect(most).toBe(2)
  expect(gates.enter('same', 1)).toBe('at-once')
})

it('tells who came in at once, who waited, and who waited too long', async () => {
  let time = 0
  let waited = 0
  const gates = createGates(() => time)
  const waits = () => {
    waited++
  }
  expect(gates.enter('x', 1, waits)).toBe('at-once')
  const early = gates.enter('x', 1, waits)
  time = 500
  const late = gates.enter('x', 1, waits)
  gates.tire(499)
  expect(await early).toBe('tired')
  gates.leave('x')
  expect(await late).toBe('waited')
  expect(waited).toBe(2)
})
