import { PullwrightError } from '../errors.ts'
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
export function createRecorder(store: Pick<Store, 'append' | 'appendAll'>): Append {
  let waiting: Waiting[] = []
  let running = 0

  return (recording) => {
    if (!mayShare(recording, store)) return store.append(recording)
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
      const results = await together(some.map(({ recording }) => recording))
      if (results === null) return writeApart(some)
      for (const [n, { resolve, reject }] of some.entries()) {
        const result = results[n]
        if (result === undefined) reject(unanswered())
        else resolve(result)
      }
    } catch {
      await writeApart(some)
    }
  }

  /** Null where it can't be told whose answer it is. */
  async function together(recordings: readonly Recording[]): Promise<AppendResult[] | null> {
    if (recordings.some(({ receipt }) => receipt !== undefined)) return (await store.appendAll?.(recordings)) ?? null
    const result = await store.append({ events: recordings.flatMap(({ events }) => events) })
    if (result.status !== 'recorded') return null
    let at = 0
    return recordings.map(({ events }) => {
      at += events.length
      return { status: 'recorded', events: result.events.slice(at - events.length, at) }
    })
  }

  async function writeApart(some: readonly Waiting[]): Promise<void> {
    await Promise.all(some.map(({ recording, resolve, reject }) => store.append(recording).then(resolve, reject)))
  }
}

function unanswered(): PullwrightError {
  return new PullwrightError('store', 'The store answered fewer recordings than it was given')
}

/**
 * Only what waits for nobody: a key that another transaction holds must not hold up its neighbours. A receipt is held by
 * a copy of the same delivery at most, and no longer than that takes to be written.
 */
function mayShare({ events, documents = [], receipt }: Recording, store: Pick<Store, 'appendAll'>): boolean {
  return (
    (receipt === undefined || store.appendAll !== undefined) &&
    documents.length === 0 &&
    events.every(
      ({ orderingKey, idempotencyKey, tasks }) =>
        orderingKey === null && idempotencyKey === null && tasks.every(({ concurrencyKey }) => concurrencyKey === null),
    )
  )
}
