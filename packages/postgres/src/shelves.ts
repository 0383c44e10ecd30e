import { randomUUID } from 'node:crypto'
import type { BlobStore, ScheduleStore } from '@pullwright/core'
import type { Database } from './database.ts'
import { text } from './records.ts'
import { encodeText } from './text-codec.ts'

export function createBlobs({ run, statement }: Database): BlobStore {
  const statements = {
    put: statement(`
      insert into {s}.blobs (project, key, bytes, expires_at) values ($1, $2, $3, $4)
      on conflict (project, key) do update set bytes = excluded.bytes, expires_at = excluded.expires_at`),
    get: statement('select bytes from {s}.blobs where project = $1 and key = $2 and expires_at > $3'),
    sweep: statement(`
      with gone as (delete from {s}.blobs where expires_at <= $1 returning 1) select count(*) as count from gone`),
  }
  return {
    async put({ project, key, bytes, expiresAt }) {
      await run(statements.put, [encodeText(project), encodeText(key), Buffer.from(bytes), expiresAt])
    },
    async get(project, key, now) {
      const [row] = await run(statements.get, [encodeText(project), encodeText(key), now])
      return row === undefined ? null : new Uint8Array(row.bytes as Uint8Array)
    },
    sweep: async (now) => Number((await run(statements.sweep, [now]))[0]?.count ?? 0),
  }
}

export function createSchedules({ run, statement }: Database): ScheduleStore {
  const statements = {
    register: statement(`
      insert into {s}.schedules (name, next_at)
      select * from unnest($1::text[], $2::double precision[]) on conflict do nothing`),
    // While it runs, the time of its lease's end is when it is next to be had.
    claim: statement(`
      update {s}.schedules s set next_at = $2, token = $3
      where s.name = (
        select d.name from {s}.schedules d where d.name = any ($1) and d.next_at <= $4
        order by d.next_at, d.name limit 1 for update skip locked)
      returning s.name`),
    settle: statement(`
      update {s}.schedules set next_at = $3, token = null where name = $1 and token = $2 returning 1 as settled`),
    next: statement('select min(next_at) as next_at from {s}.schedules where name = any ($1)'),
  }
  return {
    async register(schedules) {
      if (schedules.length === 0) return
      const names = schedules.map(({ name }) => encodeText(name))
      await run(statements.register, [names, schedules.map(({ firstAt }) => firstAt)])
    },
    async claim({ names, now, leaseMs }) {
      const token = randomUUID()
      const [row] = await run(statements.claim, [names.map(encodeText), now + leaseMs, token, now])
      return row === undefined ? null : { name: text(row.name), token }
    },
    settle: async ({ name, token }, nextAt) =>
      (await run(statements.settle, [encodeText(name), encodeText(token), nextAt])).length > 0,
    async nextDueAt(names) {
      const next = (await run(statements.next, [names.map(encodeText)]))[0]?.next_at
      return next === null || next === undefined ? null : Number(next)
    },
  }
}
