import type { Lease, RedriveRequest, StepRow, TaskRecord } from '@pullwright/core'
import { conditions } from './conditions.ts'
import type { Database } from './database.ts'
import { readLease } from './lease.ts'
import { taskColumns, toTask } from './records.ts'
import { encodeText } from './text-codec.ts'

export interface TaskVerbs {
  extend(leases: readonly Lease[], until: number): Promise<boolean[]>
  saveStep(lease: Lease, step: StepRow): Promise<boolean>
  wake(signal: string, at: number): Promise<number>
  cancel(taskId: string, at: number, project?: string): Promise<TaskRecord | null>
  redrive(request: RedriveRequest): Promise<TaskRecord[]>
}

export function createTaskVerbs(database: Database): TaskVerbs {
  const { run } = database
  const statements = {
    // In one order everywhere, so that two that lock several rows never wait for each other.
    extend: database.statement(`
      with held as materialized (
        select q.sequence from unnest($1::bigint[], $2::text[]) as g(sequence, token)
        join {s}.queue q on q.sequence = g.sequence and q.token = g.token
        order by q.sequence for update of q
      )
      update {s}.queue q set leased_until = $3 from held h where q.sequence = h.sequence returning q.token`),
    saveStep: database.statement(`
      with held as materialized (
        select q.sequence from {s}.queue q where q.sequence = $1 and q.token = $2 for update
      )
      insert into {s}.steps (sequence, name, sealed) select h.sequence, $3, $4 from held h
      on conflict (sequence, name) do update set sealed = excluded.sealed returning 1 as saved`),
    wake: database.statement('select {s}.wake($1, $2) as woken'),
    cancel: database.statement(`
      select {s}.cancel(array(select t.sequence from {s}.tasks t
        where t.id = $1 and ($3::text is null or t.project = $3)), $2) as gone`),
    lock: database.statement('select {s}.history_lock()'),
    redrive: database.statement('select {s}.redrive($1, $2, $3) as again'),
    tasks: database.statement(
      `select ${taskColumns('t')} from {s}.task_rows t where t.sequence = any ($1::bigint[]) order by t.sequence`,
    ),
  }

  return {
    async extend(leases, until) {
      const held = leases.map(readLease)
      const real = held.filter((lease) => lease !== null)
      if (real.length === 0) return held.map(() => false)
      const values = [real.map(({ sequence }) => sequence), real.map(({ token }) => token), until]
      const extended = new Set((await run(statements.extend, values)).map(({ token }) => token))
      return held.map((lease) => lease !== null && extended.has(lease.token))
    },
    async saveStep(lease, { name, sealed }) {
      const held = readLease(lease)
      if (held === null) return false
      const values = [held.sequence, held.token, encodeText(name), encodeText(sealed)]
      return (await run(statements.saveStep, values)).length > 0
    },
    wake: async (signal, at) => Number((await run(statements.wake, [encodeText(signal), at]))[0]?.woken ?? 0),
    async cancel(taskId, at, project) {
      const scope = project === undefined ? null : encodeText(project)
      const [row] = await run(statements.cancel, [encodeText(taskId), at, scope])
      const [task] = await run(statements.tasks, [row?.gone])
      return task === undefined ? null : toTask(task)
    },
    async redrive(request) {
      const limit = Math.max(0, Math.floor(request.limit))
      if (request.statuses.length === 0 || request.taskIds?.length === 0 || limit === 0) return []
      const { text, values } = choice(request, limit)
      const rows = await database.transaction(async (inside) => {
        await inside(statements.lock)
        const chosen = (await inside(database.statement(text), values)).map(({ sequence }) => sequence)
        const [row] = await inside(statements.redrive, [chosen, request.at, request.statuses])
        return inside(statements.tasks, [row?.again])
      })
      return rows.map(toTask)
    },
  }
}

/** What was forgotten is never sent again: there is nothing left to send. */
function choice(request: RedriveRequest, limit: number): { text: string; values: unknown[] } {
  const { project, taskIds, endpointId, statuses, since, until } = request
  const where = conditions()
  where.among('o.status', statuses)
  if (project !== undefined) where.add('t.project = ?', encodeText(project))
  if (taskIds !== undefined) where.add('t.id = any (?)', taskIds.map(encodeText))
  if (endpointId !== undefined) where.add(`t.kind = 'endpoint' and t.target = ?`, encodeText(endpointId))
  if (since !== undefined) where.add('e.recorded_at >= ?', since)
  if (until !== undefined) where.add('e.recorded_at < ?', until)
  const text = `
    select o.sequence from {s}.outcomes o join {s}.tasks t on t.sequence = o.sequence
    join {s}.events e on e.sequence = t.sequence / 65536
    where not e.forgotten and ${where.text()} order by o.sequence limit ${where.value(limit)}`
  return { text, values: where.values }
}
