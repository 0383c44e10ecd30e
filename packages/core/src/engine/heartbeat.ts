import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Lease, Store } from '../ports/store.ts'

export interface Heartbeat {
  /** `lost` is called when the lease is no longer ours: taken over, cancelled, or over while the store could not be reached. */
  add(lease: Lease, lost: () => void): void
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
  const held = new Map<Lease, { lost: () => void; until: number }>()
  let cancel: (() => void) | null = null
  let lastAt = clock.now()

  return {
    add(lease, lost) {
      if (held.size === 0) lastAt = clock.now()
      held.set(lease, { lost, until: clock.now() + leaseMs })
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
    const until = lastAt + leaseMs
    const leases = [...held.keys()]
    try {
      const kept = await store.extend(leases, until)
      for (const [index, lease] of leases.entries()) {
        const own = held.get(lease)
        if (own === undefined) continue
        if (kept[index]) own.until = until
        else giveUp(lease, own)
      }
    } catch (error) {
      log.warn({ error: String(error) }, 'Leases could not be prolonged; another worker may take the tasks over')
      for (const [lease, own] of held) if (own.until <= clock.now()) giveUp(lease, own)
    }
  }

  function giveUp(lease: Lease, { lost }: { lost: () => void }): void {
    held.delete(lease)
    lost()
  }
}
