import { hasEnded, type StoredEvent } from './records.ts'
import { compose, type MemoryState } from './state.ts'
import { end } from './tasks.ts'

interface PruneRequest {
  before: number
  limit: number
  project?: string
}

/**
 * Deletes events, oldest first, whose whole chain has ended and is older than `before`, with their tasks, attempts and
 * receipts. The newest task of a superseding key stays as long as an older one of that key does.
 */
export function prune(state: MemoryState, { before, limit, project }: PruneRequest): number {
  const gone = new Set<StoredEvent>()
  for (const event of state.log.events) {
    if (gone.size >= limit) break
    if (project !== undefined && event.record.project !== project) continue
    if (event.record.recordedAt >= before || !mayGo(state, event, before)) continue
    remove(state, event)
    gone.add(event)
  }
  if (gone.size > 0) {
    state.log.events = state.log.events.filter((event) => !gone.has(event))
    state.log.tasks = state.log.tasks.filter((task) => !gone.has(task.event))
  }
  if (project === undefined) pruneReceipts(state, before)
  return gone.size
}

function mayGo(state: MemoryState, event: StoredEvent, before: number): boolean {
  const chain = state.chains.get(event.record.rootId) ?? []
  return chain.every(
    ({ record, tasks }) =>
      record.recordedAt < before && tasks.every((task) => hasEnded(task) && !state.superseding.outranks(task)),
  )
}

function remove(state: MemoryState, event: StoredEvent): void {
  const { id, project, idempotencyKey, rootId } = event.record
  state.events.delete(id)
  if (idempotencyKey !== null) state.idempotency.delete(compose(project, idempotencyKey))
  const chain = (state.chains.get(rootId) ?? []).filter((other) => other !== event)
  if (chain.length === 0) state.chains.delete(rootId)
  else state.chains.set(rootId, chain)
  for (const task of event.tasks) {
    state.tasks.delete(task.record.id)
    state.superseding.remove(task)
  }
}

/** A receipt guards its event: it stays as long as that does. */
function pruneReceipts(state: MemoryState, before: number): void {
  for (const [id, receipt] of state.receipts) {
    if (receipt.receivedAt < before && (receipt.eventId === null || !state.events.has(receipt.eventId)))
      state.receipts.delete(id)
  }
}

/**
 * Empties every event that names the person: ids, types and times stay. Tasks that have not ended are cancelled, for
 * what they would send or act on is gone.
 */
export function forget(state: MemoryState, request: { project: string; person: string; at: number }): number {
  const { project, person, at } = request
  const events = state.log.events.filter(({ record }) => record.project === project && record.people.includes(person))
  for (const event of events) empty(state, event, at)
  return events.length
}

function empty(state: MemoryState, event: StoredEvent, at: number): void {
  event.forgotten = true
  event.record = { ...event.record, data: { forgotten: true }, attributes: {}, kept: {}, people: [], subject: null }
  for (const task of event.tasks) {
    if (!hasEnded(task)) end(state, task, at, null)
    Object.assign(task.record, { body: null, result: null, reason: null, progress: null })
    task.attempts = task.attempts.map((attempt) => ({ ...attempt, error: null, details: null }))
  }
}
