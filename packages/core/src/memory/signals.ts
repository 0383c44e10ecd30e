import type { StoredTask } from './records.ts'

export interface Signals {
  /** How many wakes there have been. */
  count(): number
  /** When the last wake of this signal, if it came after the given count, made its tasks due; null if it did not. */
  since(signal: string, count: number): number | null
  waiting(signal: string): StoredTask[]
  /** Call before and after a task changes. */
  unwatch(task: StoredTask): void
  watch(task: StoredTask): void
  /** `oldest` is the lowest count a running task began with, null when none runs: older wakes can't be missed. */
  wake(signal: string, at: number, oldest: number | null): void
}

/**
 * Who waits for which signal, and which wakes came while somebody was still running: a wake between a claim and the
 * settlement that begins the wait must not be lost.
 */
export function createSignals(): Signals {
  const sleepers = new Map<string, Set<StoredTask>>()
  /** In the order of waking: a signal woken again goes to the end. */
  const wakes = new Map<string, { at: number; count: number }>()
  let total = 0

  return {
    count: () => total,
    since(signal, count) {
      const wake = wakes.get(signal)
      return wake !== undefined && wake.count > count ? wake.at : null
    },
    waiting: (signal) => [...(sleepers.get(signal) ?? [])],
    unwatch(task) {
      const { wakeOn } = task.record
      if (wakeOn === null) return
      const set = sleepers.get(wakeOn)
      set?.delete(task)
      if (set?.size === 0) sleepers.delete(wakeOn)
    },
    watch(task) {
      const { status, wakeOn } = task.record
      if (status !== 'waiting' || wakeOn === null) return
      const set = sleepers.get(wakeOn) ?? new Set()
      sleepers.set(wakeOn, set.add(task))
    },
    wake(signal, at, oldest) {
      total += 1
      for (const [name, wake] of wakes) {
        if (oldest !== null && wake.count > oldest) break
        wakes.delete(name)
      }
      wakes.delete(signal)
      if (oldest !== null) wakes.set(signal, { at, count: total })
    },
  }
}
