import { memoryStore, type NewTask } from '@pullwright/core'
import { describe, expect, test } from 'vitest'
import { storeConformance } from '../src/store-conformance/store-conformance.ts'

describe('the memory store conforms', () => {
  const cases = storeConformance({ create: () => memoryStore() })
  for (const { name, run } of cases) test(name, run)

  test('a harness may be a function, and may close what it opened itself', async () => {
    let closed = 0
    const close = () => {
      closed += 1
    }
    const [first] = storeConformance(() => memoryStore())
    const [second] = storeConformance({ create: async () => ({ store: memoryStore(), close }) })
    await first?.run()
    await second?.run()
    expect(closed).toBe(1)
  })

  test('a store need not take at once what it records', async () => {
    const leaving = storeConformance(() => {
      const store = memoryStore()
      const plain = (task: NewTask) => ({ ...task, lease: undefined })
      return {
        ...store,
        append: ({ events, ...rest }, options) =>
          store.append({ ...rest, events: events.map((one) => ({ ...one, tasks: one.tasks.map(plain) })) }, options),
      }
    })
    for (const { run } of leaving.filter(({ name }) => name.startsWith('taking'))) await run()
  })

  test('every case has a name of its own, and there are enough to cover the port', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThan(150)
  })
})
