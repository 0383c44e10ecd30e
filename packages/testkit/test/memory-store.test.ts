import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../core/src/memory/memory-store.ts'
import { storeConformance } from '../src/store-conformance/store-conformance.ts'

describe('the memory store conforms', () => {
  const cases = storeConformance({ create: async () => ({ store: memoryStore() }) })
  for (const { name, run } of cases) test(name, run)

  test('every case has a name of its own, and there are enough to cover the port', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThan(150)
  })
})
