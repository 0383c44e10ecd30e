import { expect, it } from 'vitest'
import type { Settlement, SettleResult } from '../ports/store.ts'
import { createSettler } from './settler.ts'

const settlement = (n: number): Settlement => ({
  lease: { taskId: `dlv_${n}`, token: `${n}` },
  at: n,
  transition: { status: 'done', result: null },
})

function slowStore(milliseconds: number) {
  const batches: number[][] = []
  return {
    batches,
    async settle(settlements: readonly Settlement[]): Promise<SettleResult[]> {
      batches.push(settlements.map(({ at }) => at))
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      return settlements.map(({ at }) => ({ status: at % 7 === 0 ? 'lost' : 'settled' }))
    },
  }
}

it('writes the first at once, and those that come meanwhile together, each answered for itself', async () => {
  const store = slowStore(5)
  const settle = createSettler(store)
  const first = settle(settlement(1))
  await new Promise((resolve) => setTimeout(resolve, 1))
  const others = Array.from({ length: 130 }, (_, n) => settle(settlement(n + 2)))
  expect(await first).toEqual({ status: 'settled' })
  const answers = await Promise.all(others)
  expect(answers.map(({ status }) => status)).toEqual(answers.map((_, n) => ((n + 2) % 7 === 0 ? 'lost' : 'settled')))
  expect(store.batches.map((batch) => batch.length)).toEqual([1, 100, 30])
})

it('awaits a few more where many came, and goes on at once when they come no more', async () => {
  const store = slowStore(4)
  const settle = createSettler(store)
  const come = async () => {
    const all: Promise<unknown>[] = []
    for (let n = 0; n < 60; n++) {
      all.push(settle(settlement(n)))
      if (n % 4 === 3) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await Promise.all(all)
  }
  await come()
  expect(store.batches.flat()).toEqual(Array.from({ length: 60 }, (_, n) => n))
  store.batches.length = 0
  await settle(settlement(1))
  await settle(settlement(2))
  expect(store.batches).toEqual([[1], [2]])
})

it('tells everybody of a batch that it could not be written, and writes the next', async () => {
  let fails = true
  const settle = createSettler({
    async settle(settlements) {
      if (fails) throw new Error('The disk is full')
      return settlements.map(() => ({ status: 'settled' as const }))
    },
  })
  const failed = await Promise.allSettled([settle(settlement(1)), settle(settlement(2))])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect(await settle(settlement(3))).toEqual({ status: 'settled' })
})
