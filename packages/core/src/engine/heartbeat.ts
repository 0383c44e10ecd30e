import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Lease, Store } from '../ports/store.ts'

export interface Heartbeat {
  add(lease: Lease): void
  remove(lease: Lease): void
  stop(): void
}

/** Prolongs the leases of what runs here, three times in each lease's length. */
export function createHeartbeat(store: Store, clock: Required<Clock>, leaseMs: number, log: Logger): Heartbeat {
  const held = new Set<Lease>()
  let cancel: (() => void) | null = null

  return {
    add(lease) {
      held.add(lease)
      cancel ??= clock.setTimer(beat, leaseMs / 3)
    },
    remove(lease) {
      held.delete(lease)
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
    store.extend([...held], clock.now() + leaseMs).catch((error: unknown) => {
      log.warn({ error: String(error) }, 'Leases could not be prolonged; another worker may take the tasks over')
    })
  }
}
