import type { AppendResult, Recording, Store } from '../ports/store.ts'

interface Waiting {
  recording: Recording
  resolve(result: AppendResult): void
  reject(error: unknown): void
}

type Append = (recording: Recording) => Promise<AppendResult>

/** Events recorded together: past about a hundred a batch gains nothing more. */
const MOST_EVENTS = 100
/** Batches at the same time: one is written to disk while the next is worked out. */
const MOST_AT_ONCE = 2

/**
 * Records what comes while the store is busy with earlier recordings together, in one transaction: a loaded process
 * writes in batches, an idle one at once. Where a batch can't be written, each of it stands for itself.
 */
export function createRecorder(store: Pick<Store, 'append'>): Append {
  let waiting: Waiting[] = []
  let running = 0

  return (recording) => {
    if (!mayShare(recording)) return store.append(recording)
    return new Promise((resolve, reject) => {
      waiting.push({ recording, resolve, reject })
      if (running >= MOST_AT_ONCE) return
      running++
      queueMicrotask(flush)
    })
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) await write(takeSome())
    running--
  }

  function takeSome(): Waiting[] {
    let events = 0
    const end = waiting.findIndex(({ recording }) => {
      events += recording.events.length
      return events > MOST_EVENTS
    })
    const some = waiting.slice(0, end === -1 ? waiting.length : Math.max(1, end))
    waiting = waiting.slice(some.length)
    return some
  }

  async function write(some: readonly Waiting[]): Promise<void> {
    if (some.length === 1) return writeApart(some)
    try {
      const result = await store.append({ events: some.flatMap(({ recording }) => recording.events) })
      if (result.status !== 'recorded') return writeApart(some)
      let at = 0
      for (const { recording, resolve } of some) {
        const end = at + recording.events.length
        resolve({ status: 'recorded', events: result.events.slice(at, end) })
        at = end
      }
    } catch {
      await writeApart(some)
    }
  }

  async function writeApart(some: readonly Waiting[]): Promise<void> {
    await Promise.all(some.map(({ recording, resolve, reject }) => store.append(recording).then(resolve, reject)))
  }
}

/** Only what waits for nobody: a key that another transaction holds must not hold up its neighbours. */
function mayShare({ events, documents = [], receipt }: Recording): boolean {
  return (
    receipt === undefined &&
    documents.length === 0 &&
    events.every(
      ({ orderingKey, idempotencyKey, tasks }) =>
        orderingKey === null && idempotencyKey === null && tasks.every(({ concurrencyKey }) => concurrencyKey === null),
    )
  )
}
