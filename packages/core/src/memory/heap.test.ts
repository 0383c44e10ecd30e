import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHeap, type Slotted } from './heap.ts'

interface Item extends Slotted {
  value: number
}

const isBefore = (a: Item, b: Item) => a.value < b.value

test('whatever is pushed and removed, the first is always the least', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), value: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ kind: fc.constant('remove' as const), value: fc.nat(100) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = createHeap<Item>(isBefore)
      const model: Item[] = []
      for (const { kind, value } of steps) {
        if (kind === 'push') {
          const item = { slot: -1, value }
          heap.push(item)
          model.push(item)
        } else if (model.length > 0) {
          const [item] = model.splice(value % model.length, 1)
          if (item === undefined) continue
          expect(heap.holds(item)).toBe(true)
          heap.remove(item)
          expect([heap.holds(item), item.slot]).toEqual([false, -1])
        }
        expect(heap.size).toBe(model.length)
        const least = model.length === 0 ? undefined : Math.min(...model.map((item) => item.value))
        expect(heap.peek()?.value).toBe(least)
        expect(model.every((item) => heap.holds(item))).toBe(true)
      }
    }),
  )
})

test('what is in no heap is not removed', () => {
  const heap = createHeap<Item>(isBefore)
  heap.push({ slot: -1, value: 1 })
  heap.remove({ slot: -1, value: 1 })
  expect(heap.size).toBe(1)
})

test('draining sets everything free', () => {
  const heap = createHeap<Item>(isBefore)
  for (const value of [3, 1, 2]) heap.push({ slot: -1, value })
  const items = heap.drain()
  expect(items.map(({ value }) => value).sort()).toEqual([1, 2, 3])
  expect(items.every(({ slot }) => slot === -1)).toBe(true)
  expect(heap.peek()).toBeUndefined()
})
