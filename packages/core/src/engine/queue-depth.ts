import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'

/** Exporters read at most this often (OpenTelemetry's default is a minute). */
const EVERY_MS = 15_000

/**
 * Reports how much unfinished work there is, by target and status, now and then. Every process reports the whole
 * store's: take the greatest, not the sum.
 */
export function createQueueDepth(store: Store, clock: Clock, telemetry: Telemetry): () => Promise<void> {
  let known = new Map<string, Record<string, string>>()
  let lastAt: number | null = null

  return async () => {
    const now = clock.now()
    if (!telemetry.gauge || (lastAt !== null && Math.abs(now - lastAt) < EVERY_MS)) return
    lastAt = now
    const rows = await store.query.backlog(now)
    const seen = new Map<string, Record<string, string>>()
    for (const { target, status, count } of rows) {
      seen.set(`${status} ${target}`, { target, status })
      telemetry.gauge('pullwright.queue.depth', count, { target, status })
    }
    for (const [key, attributes] of known) if (!seen.has(key)) telemetry.gauge('pullwright.queue.depth', 0, attributes)
    known = seen
  }
}
