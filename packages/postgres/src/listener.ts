import { connect } from './database.ts'
import { within } from './deadline.ts'
import type { PgClient, PgPool } from './driver.ts'

export interface Listener {
  /** Listens, or stops to, on a connection of its own. */
  want(wanted: boolean): void
  /** Stops, and gives the connection back. */
  close(): Promise<void>
}

/** After a cut the first new try comes at once, the next ones after longer and longer waits. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 15_000

/**
 * Hears what other stores of this schema say. Whatever goes wrong it tries again; `tell` is called once it listens,
 * for something may have been said before.
 */
export function createListener(
  pool: PgPool,
  { channel, timeoutMs }: { channel: string; timeoutMs: number },
  tell: (payload: string | null) => void,
): Listener {
  let wanted = false
  let running: Promise<void> | null = null
  let hangUp = () => {}

  return {
    want(now) {
      wanted = now
      if (wanted) begin()
      else hangUp()
    },
    async close() {
      wanted = false
      hangUp()
      await running
    },
  }

  function begin(): void {
    running ??= run().finally(() => {
      running = null
      if (wanted) begin()
    })
  }

  async function run(): Promise<void> {
    for (let wait = 0; wanted; ) {
      const heard = await listen().catch(() => false)
      if (!wanted) return
      wait = heard ? 0 : Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, wait * 2))
      if (wait > 0) await pause(wait)
    }
  }

  /** Until the connection is cut, or nobody wants to hear more. Answers whether it heard anything at all. */
  async function listen(): Promise<boolean> {
    const client = await connect(pool, timeoutMs)
    let cut = () => {}
    const over = new Promise<Error | undefined>((resolve) => {
      cut = () => resolve(new Error('The connection was cut'))
      hangUp = () => resolve(undefined)
    })
    const hear = (message: unknown) => tell((message as { payload?: string }).payload ?? null)
    const events = { notification: hear, error: () => cut(), end: () => cut() } as const
    try {
      for (const event of EVENTS) client.on?.(event, events[event])
      if (!wanted) {
        giveBack(client, events, undefined)
        return false
      }
      await ask(client, `listen "${channel}"`)
      tell(null)
      // Who only listens does not notice that the other side is gone.
      const asking = setInterval(() => void ask(client, 'select 1').catch(cut), timeoutMs).unref()
      const error = await over.finally(() => clearInterval(asking))
      if (error === undefined) await ask(client, `unlisten "${channel}"`)
      giveBack(client, events, error)
      return true
    } catch (error) {
      giveBack(client, events, error instanceof Error ? error : new Error('failed'))
      return false
    }
  }

  function ask(client: PgClient, text: string): Promise<unknown> {
    return within(timeoutMs, client.query({ text }))
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      timer.unref()
      hangUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

const EVENTS = ['notification', 'error', 'end'] as const

function giveBack(
  client: PgClient,
  listeners: Record<(typeof EVENTS)[number], (message: unknown) => void>,
  error: Error | undefined,
): void {
  client.release(error)
  for (const event of EVENTS) client.removeListener?.(event, listeners[event])
}
