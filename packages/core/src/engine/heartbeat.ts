import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Lease, Store } from '../ports/store.ts'

export interface Heartbeat {
  add(lease: Lease): void
  remove(lease: Lease): void
  /**
   * Prolongs them now where that is overdue, or the clock was set back: after the process stood still or the clock
   * jumped ahead, what is still ours stays so, and is not claimed a second time.
   */
  catchUp(): Promise<void>
  stop(): void
}

/** Prolongs the leases of what runs here, three times in each lease's length. */
export function createHeartbeat(store: Store, clock: Required<Clock>, leaseMs: number, log: Logger): Heartbeat {
  const held = new Set<Lease>()
  let cancel: (() => void) | null = null
  let lastAt = clock.now()

  return {
    add(lease) {
      if (held.size === 0) lastAt = clock.now()
      held.add(lease)
      cancel ??= clock.setTimer(beat, leaseMs / 3)
    },
    remove(lease) {
      held.delete(lease)
    },
    async catchUp() {
      const since = clock.now() - lastAt
      if (held.size > 0 && (since < 0 || since > leaseMs / 2)) await prolong()
    },
    stop() {
      cancel?.()
      cancel = null
      held.clear()
    },
  }

  function beat(): void {
    cancel = null
    if (held.size === 0) return
    cancel = clock.setTimer(beat, leaseMs / 3)
    void prolong()
  }

  async function prolong(): Promise<void> {
    lastAt = clock.now()
    try {
      await store.extend([...held], lastAt + leaseMs)
    } catch (error) {
      log.warn({ error: String(error) }, 'Leases could not be prolonged; another worker may take the tasks over')
    }
  }
}
