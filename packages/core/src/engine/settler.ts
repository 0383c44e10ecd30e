import type { Settlement, SettleResult, Store } from '../ports/store.ts'

/** A store statement carries at most so many settlements: past about 100 a batch gains nothing more. */
const MOST_AT_ONCE = 100

/**
 * Gathers the settlements that come while the store is busy with earlier ones, so that a loaded worker writes in
 * batches and an idle one at once.
 */
export function createSettler(store: Store): (settlement: Settlement) => Promise<SettleResult> {
  interface Waiting {
    settlement: Settlement
    resolve(result: SettleResult): void
    reject(error: unknown): void
  }
  const queue: Waiting[] = []
  let busy = false

  return (settlement) =>
    new Promise((resolve, reject) => {
      queue.push({ settlement, resolve, reject })
      if (!busy) {
        busy = true
        queueMicrotask(flush)
      }
    })

  async function flush(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, MOST_AT_ONCE)
      try {
        const results = await store.settle(batch.map(({ settlement }) => settlement))
        batch.forEach(({ resolve }, index) => {
          resolve(results[index] ?? { status: 'lost' })
        })
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    busy = false
  }
}
