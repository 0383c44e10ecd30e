import { PullwrightError } from '../errors.ts'
import type { EventRecord } from '../events/event.ts'
import { newTaskRecord } from '../new-task-record.ts'
import type {
  AppendedEvent,
  AppendResult,
  ClaimedTask,
  LeaseTime,
  NewEvent,
  NewTask,
  Receipt,
  Recording,
} from '../ports/store.ts'
import { claimedOf, newLease } from './claim.ts'
import { copyJson } from './copy-json.ts'
import { copyNewEvent } from './new-event-record.ts'
import { appended, type StoredEvent, type StoredTask } from './records.ts'
import { compose, type MemoryState } from './state.ts'

type Refusal = Exclude<AppendResult, { status: 'recorded' }>
type Recorded = Extract<AppendResult, { status: 'recorded' }>

/** Why the recording can't be written, or null. Changes nothing. */
export function refuse(state: MemoryState, recording: Recording): Refusal | null {
  const seen = recording.receipt === undefined ? null : findReceipt(state, recording.receipt)
  if (seen !== null) return { status: 'duplicate-receipt', eventId: seen.eventId }
  const conflict = state.documents.check(recording.documents ?? [])
  return conflict === null ? null : { status: 'conflict', ...conflict }
}

/** Writes all of it. Whatever can fail does so before the first change. Follow-ups of a run are `claimable`, all of them. */
export function record(
  state: MemoryState,
  { events, documents = [], receipt }: Recording,
  mayTake: 'leased' | 'claimable' = 'leased',
): Recorded {
  const firstIds = findDuplicates(state, events)
  const fresh = events.filter((_, index) => firstIds[index] === null)
  refuseKnownIds(state, fresh)
  const records = fresh.map(copyNewEvent)
  const writes = copyJson(documents)

  const claimed = new Map(
    records.map((copy, index) => [copy.id, addEvent(state, copy, fresh[index] as NewEvent, mayTake)]),
  )
  state.documents.apply(writes)
  const answers = events.map(({ id }, index): AppendedEvent => {
    const first = firstIds[index] ?? null
    if (first !== null) return { id: first, status: 'duplicate' }
    const taken = claimed.get(id)
    return taken === undefined || taken.length === 0
      ? { id, status: 'recorded' }
      : { id, status: 'recorded', claimed: taken }
  })
  if (receipt !== undefined) {
    const named = events.findIndex((event) => event.id === receipt.eventId)
    addReceipt(state, { ...receipt, eventId: answers[named]?.id ?? receipt.eventId })
  }
  return { status: 'recorded', events: answers }
}

/** For each event, the id under which its idempotency key is known already, also from earlier in the same recording. */
function findDuplicates(state: MemoryState, events: readonly NewEvent[]): (string | null)[] {
  const here = new Map<string, string>()
  return events.map(({ id, project, idempotencyKey }) => {
    if (idempotencyKey === null) return null
    const key = compose(project, idempotencyKey)
    const first = state.idempotency.get(key)?.record.id ?? here.get(key) ?? null
    if (first === null) here.set(key, id)
    return first
  })
}

function refuseKnownIds(state: MemoryState, events: readonly NewEvent[]): void {
  const ids = new Set<string>()
  const insist = (id: string, known: boolean) => {
    if (known || ids.has(id))
      throw new PullwrightError('store', `The id ${id} is taken: give each event and task its own.`)
    ids.add(id)
  }
  for (const event of events) {
    insist(event.id, state.events.has(event.id))
    for (const task of event.tasks) insist(task.id, state.tasks.has(task.id))
  }
}

/** Answers what of it was claimed at once. */
function addEvent(
  state: MemoryState,
  record: EventRecord,
  { tasks, order }: NewEvent,
  mayTake: 'leased' | 'claimable',
): ClaimedTask[] {
  state.sequences.event += 1
  record.sequence = state.sequences.event
  record.order = order ?? record.sequence
  const event: StoredEvent = { record, tasks: [], forgotten: false }
  const { id, project, idempotencyKey, rootId } = record
  state.events.set(id, event)
  state.log.events.push(event)
  if (idempotencyKey !== null) state.idempotency.set(compose(project, idempotencyKey), event)
  const chain = state.chains.get(rootId)
  if (chain === undefined) state.chains.set(rootId, [event])
  else chain.push(event)
  const claimed: ClaimedTask[] = []
  for (const fresh of tasks) {
    const task = addTask(state, event, fresh, mayTake === 'leased' ? fresh.lease : undefined)
    if (task.lease !== null) claimed.push(claimedOf(state, task, task.lease))
  }
  return claimed
}

function addTask(state: MemoryState, event: StoredEvent, fresh: NewTask, lease: LeaseTime | undefined): StoredTask {
  state.sequences.task += 1
  const sequence = state.sequences.task
  const record = newTaskRecord(fresh, event.record, sequence, lease)
  const task: StoredTask = {
    kind: 'task',
    record,
    event,
    steps: [],
    attempts: [],
    lease: lease === undefined ? null : newLease(state, lease),
    at: record.dueAt,
    slot: -1,
    sequence,
  }
  event.tasks = appended(event.tasks, task)
  state.tasks.set(record.id, task)
  state.log.tasks.push(task)
  state.superseding.add(task)
  state.queues.add(task)
  if (task.lease !== null) state.running.add(task)
  return task
}

function findReceipt(state: MemoryState, { source, deliveryId, bodyHash, bodyWindowMs, receivedAt }: Receipt) {
  const byId = deliveryId === null ? undefined : state.receipts.get(compose('id', source, deliveryId))
  if (byId !== undefined) return byId
  const byBody = state.receipts.get(compose('body', source, bodyHash))
  return byBody !== undefined && receivedAt - byBody.receivedAt < bodyWindowMs ? byBody : null
}

function addReceipt(state: MemoryState, receipt: Receipt): void {
  const { source, deliveryId, bodyHash } = receipt
  if (deliveryId !== null) state.receipts.set(compose('id', source, deliveryId), receipt)
  state.receipts.set(compose('body', source, bodyHash), receipt)
}
