import { randomUUID } from 'node:crypto'
import type { ScheduleStore } from '@pullwright/core'
import type { Connection } from './connection.ts'
import { ask } from './steps.ts'
import { listOf, numberOf, textOf } from './values.ts'

export function createSchedules(open: () => Promise<Connection>): ScheduleStore {
  return {
    async register(schedules) {
      const wanted = schedules.map(({ name, firstAt }) => ({ name, firstAt }))
      const connection = await open()
      const known = await connection.read(() => ask(KNOWN, listOf(wanted.map(({ name }) => name))))
      const names = new Set(known.map(({ name }) => textOf(name)))
      const fresh = wanted.filter(({ name }) => !names.has(name))
      // Nothing is locked where there is nothing to add.
      if (fresh.length === 0) return
      await connection.write(function* () {
        for (const { name, firstAt } of fresh) yield* ask(ADD, name, firstAt)
      })
    },
    async claim({ names, now, leaseMs }) {
      const list = listOf(names)
      const connection = await open()
      if ((await connection.read(() => ask(DUE, list, now))).length === 0) return null
      const token = randomUUID()
      // While it runs, the time of its lease's end is when it is next to be had.
      const [taken] = await connection.write(() => ask(TAKE, now + leaseMs, token, list, now))
      return taken === undefined ? null : { name: textOf(taken.name), token }
    },
    async settle({ name, token }, nextAt) {
      return (await (await open()).write(() => ask(SETTLE, nextAt, name, token))).length > 0
    },
    async nextDueAt(names) {
      const list = listOf(names)
      const [row] = await (await open()).read(() => ask(NEXT, list))
      return row === undefined || row.next_at === null ? null : numberOf(row.next_at)
    },
  }
}

const NAMED = `name IN (SELECT value FROM json_each(?))`

const KNOWN = `SELECT name FROM pullwright_schedules WHERE ${NAMED}`

const ADD = `INSERT INTO pullwright_schedules (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`

const DUE = `SELECT name FROM pullwright_schedules WHERE ${NAMED} AND next_at <= ? ORDER BY next_at LIMIT 1`

const TAKE = `UPDATE pullwright_schedules SET next_at = ?, token = ? WHERE name = (${DUE}) RETURNING name`

const SETTLE = `
UPDATE pullwright_schedules SET next_at = ?, token = NULL WHERE name = ? AND token = ? RETURNING name`

const NEXT = `SELECT min(next_at) AS next_at FROM pullwright_schedules WHERE ${NAMED}`
