import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyedTurns } from './in-turn.ts'

test('work of one key never overlaps and keeps its order, whatever fails', async () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b'), waits: fc.nat({ max: 3 }), fails: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const inTurn = keyedTurns()
      const busy = new Set<string>()
      const done: Record<string, number[]> = { a: [], b: [] }
      const all = steps.map(({ key, waits, fails }, n) =>
        inTurn(key, async () => {
          expect(busy.has(key)).toBe(false)
          busy.add(key)
          for (let tick = 0; tick < waits; tick += 1) await Promise.resolve()
          busy.delete(key)
          done[key]?.push(n)
          if (fails) throw new Error('failed')
        }),
      )
      const ends = await Promise.allSettled(all)
      expect(ends.map(({ status }) => status === 'rejected')).toEqual(steps.map(({ fails }) => fails))
      for (const order of Object.values(done)) expect(order).toEqual([...order].sort((one, other) => one - other))
    }),
  )
})

test('whoever gives up while waiting is let go at once, and never has a turn', async () => {
  const inTurn = keyedTurns()
  let finish = (_: string) => {}
  const leaving = new AbortController()
  const one = inTurn('a', () => new Promise<string>((resolve) => (finish = resolve)))
  let ran = false
  const mark = async () => {
    ran = true
  }
  const two = inTurn('a', mark, leaving.signal)
  const three = inTurn('a', async () => 'third')
  leaving.abort(new Error('enough'))
  await expect(two).rejects.toThrow('enough')
  finish('first')
  expect([await one, await three, ran]).toEqual(['first', 'third', false])
})
