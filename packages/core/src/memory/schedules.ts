import { randomUUID } from 'node:crypto'
import type { ScheduleStore } from '../ports/store.ts'

export function createSchedules(): ScheduleStore {
  const schedules = new Map<string, { nextAt: number; token: string | null }>()

  return {
    async register(wanted) {
      for (const { name, firstAt } of wanted)
        if (!schedules.has(name)) schedules.set(name, { nextAt: firstAt, token: null })
    },
    async claim({ names, now, leaseMs }) {
      let first: string | null = null
      let earliest = now
      for (const name of names) {
        const nextAt = schedules.get(name)?.nextAt
        if (nextAt === undefined || nextAt > earliest || (nextAt === earliest && first !== null)) continue
        first = name
        earliest = nextAt
      }
      if (first === null) return null
      const token = randomUUID()
      // While it runs, the time of its lease's end is when it is next to be had.
      schedules.set(first, { nextAt: now + leaseMs, token })
      return { name: first, token }
    },
    async settle({ name, token }, nextAt) {
      if (schedules.get(name)?.token !== token) return false
      schedules.set(name, { nextAt, token: null })
      return true
    },
    async nextDueAt(names) {
      const times = names.flatMap((name) => schedules.get(name)?.nextAt ?? [])
      return times.length === 0 ? null : Math.min(...times)
    },
  }
}
