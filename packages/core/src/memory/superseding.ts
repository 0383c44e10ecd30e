import { isOlder, type StoredTask } from './records.ts'

export interface Superseding {
  add(task: StoredTask): void
  remove(task: StoredTask): void
  /** Whether a newer event has a task of the same key that was not cancelled. */
  isSuperseded(task: StoredTask): boolean
  /** Whether an older task of the same key, of another chain, is still kept: then this one must be kept too. */
  outranks(task: StoredTask): boolean
}

/** The superseding tasks of each key, oldest first. */
export function createSuperseding(): Superseding {
  const byKey = new Map<string, StoredTask[]>()
  const listOf = (task: StoredTask) => byKey.get(task.record.concurrencyKey ?? '') ?? []
  const takesPart = (task: StoredTask) => task.record.supersede && task.record.concurrencyKey !== null

  return {
    add(task) {
      if (!takesPart(task)) return
      const list = listOf(task)
      let place = list.length
      // Nearly always the newest; only follow-ups of older chains go further in.
      while (place > 0 && isOlder(task.record, (list[place - 1] as StoredTask).record)) place -= 1
      list.splice(place, 0, task)
      byKey.set(task.record.concurrencyKey ?? '', list)
    },
    remove(task) {
      if (!takesPart(task)) return
      const list = listOf(task)
      const place = list.indexOf(task)
      if (place >= 0) list.splice(place, 1)
      if (list.length === 0) byKey.delete(task.record.concurrencyKey ?? '')
    },
    isSuperseded(task) {
      if (!takesPart(task)) return false
      const newest = listOf(task).findLast((other) => other.record.status !== 'cancelled')
      return newest !== undefined && newest.event !== task.event && isOlder(task.record, newest.record)
    },
    outranks(task) {
      if (!takesPart(task)) return false
      for (const other of listOf(task)) {
        if (other === task) break
        if (other.record.rootId !== task.record.rootId) return true
      }
      return false
    },
  }
}
