import type { Settlement, SettleResult, Store } from '../ports/store.ts'

/** A store statement carries at most so many settlements: past about 100 a batch gains nothing more. */
const MOST_AT_ONCE = 100

/** Where so many came together last time, more are on their way, and are awaited up to so many. */
const [MANY, ENOUGH] = [8, 48]
/** For so long at most, in milliseconds, and no longer than the store took for the last ones. */
const GATHER_MS = 3

interface Waiting {
  settlement: Settlement
  resolve(result: SettleResult): void
  reject(error: unknown): void
}

// Taken while the module loads, so that timers faked later in a host's tests do not stop the worker.
const later = setTimeout

/**
 * Gathers the settlements that come while the store is busy with earlier ones, so that a loaded worker writes in
 * batches and an idle one at once.
 */
export function createSettler(store: Pick<Store, 'settle'>): (settlement: Settlement) => Promise<SettleResult> {
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
    let patience = 0
    while (queue.length > 0) {
      if (patience >= 1 && queue.length < ENOUGH) await new Promise((done) => later(done, patience))
      const batch = queue.splice(0, MOST_AT_ONCE)
      const begun = performance.now()
      await settle(batch)
      patience = batch.length < MANY ? 0 : Math.min(GATHER_MS, performance.now() - begun)
    }
    busy = false
  }

  async function settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await store.settle(batch.map(({ settlement }) => settlement))
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] ?? { status: 'lost' })
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
