import type { AppendResult, Recording } from '@pullwright/core'

interface Waiting {
  recording: Recording
  resolve(result: AppendResult): void
  reject(error: unknown): void
}

/** Events in one statement; past about a hundred a batch gains nothing more. */
const MOST_EVENTS = 100
/** Statements at the same time: one is written to disk while the next is worked out. */
const MOST_AT_ONCE = 2

type Record = (recording: Recording) => Promise<AppendResult>

/**
 * Recordings that come while others are being written go together in the next statement, and are committed together: a
 * loaded process writes in batches, an idle one at once. Where one of them can't be written each stands for itself.
 */
export function createTogether(record: Record): Record {
  let waiting: Waiting[] = []
  let running = 0

  return (recording) =>
    new Promise((resolve, reject) => {
      waiting.push({ recording, resolve, reject })
      if (running >= MOST_AT_ONCE) return
      running++
      queueMicrotask(flush)
    })

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
      const result = await record({ events: some.flatMap(({ recording }) => recording.events) })
      if (result.status !== 'recorded') return writeApart(some)
      let at = 0
      for (const { recording, resolve } of some) {
        resolve({ status: 'recorded', events: result.events.slice(at, at + recording.events.length) })
        at += recording.events.length
      }
    } catch {
      await writeApart(some)
    }
  }

  async function writeApart(some: readonly Waiting[]): Promise<void> {
    for (const { recording, resolve, reject } of some) await record(recording).then(resolve, reject)
  }
}
