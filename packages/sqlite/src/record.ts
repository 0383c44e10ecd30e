import type { AppendResult } from '@pullwright/core'
import { writeDocuments } from './document-writes.ts'
import type { Prepared, PreparedEvent, PreparedTask } from './prepare.ts'
import { addReceipt } from './receipts.ts'
import { ask, type Steps } from './steps.ts'
import { bulk, listOf, numberOf, runBulk, textOf, type Values } from './values.ts'

/** What was written, and the concurrency keys of new tasks: `lineUp` them before the transaction ends. */
export interface Written {
  result: Extract<AppendResult, { status: 'recorded' }>
  keys: string[]
}

/** Writes all of a recording that `refuse` has nothing against. */
export function* writeRecording({ events, documents, receipt }: Prepared): Steps<Written> {
  const firstIds = yield* findDuplicates(events)
  const fresh = events.filter((_, index) => firstIds[index] === null)
  if (fresh.length > 0) yield* writeEvents(fresh)
  yield* writeDocuments(documents)
  const answers = events.map(({ id }, index) => {
    const first = firstIds[index] ?? null
    return first === null ? { id, status: 'recorded' as const } : { id: first, status: 'duplicate' as const }
  })
  if (receipt !== null) {
    const named = events.findIndex((event) => event.id === receipt.eventId)
    yield* addReceipt({ ...receipt, eventId: answers[named]?.id ?? receipt.eventId })
  }
  const keys = fresh.flatMap(({ tasks }) => tasks.flatMap(({ concurrencyKey }) => concurrencyKey ?? []))
  return { result: { status: 'recorded', events: answers }, keys }
}

/** For each event, the id under which its idempotency key is known already, also from earlier in the same recording. */
function* findDuplicates(events: readonly PreparedEvent[]): Steps<(string | null)[]> {
  const known = new Map<string, string>()
  const keyed = events.filter(({ idempotencyKey }) => idempotencyKey !== null)
  for (const project of new Set(keyed.map((event) => event.project))) {
    const keys = keyed.flatMap((event) => (event.project === project ? (event.idempotencyKey ?? []) : []))
    for (const row of yield* ask(FIND_KEYS, project, listOf(keys)))
      known.set(JSON.stringify([project, textOf(row.idempotency_key)]), textOf(row.id))
  }
  return events.map(({ id, project, idempotencyKey }) => {
    if (idempotencyKey === null) return null
    const key = JSON.stringify([project, idempotencyKey])
    const first = known.get(key) ?? null
    if (first === null) known.set(key, id)
    return first
  })
}

const FIND_KEYS = `
SELECT id, idempotency_key FROM pullwright_events
WHERE project = ? AND idempotency_key IS NOT NULL AND idempotency_key IN (SELECT value FROM json_each(?))`

function* writeEvents(events: readonly PreparedEvent[]): Steps<void> {
  const taskCount = events.reduce((count, { tasks }) => count + tasks.length, 0)
  const [last] = yield* ask(TAKE_SEQUENCES, events.length, taskCount)
  const first = numberOf(last?.events) - events.length + 1
  let taskSequence = numberOf(last?.tasks) - taskCount

  const placed = events.map((event, index) => ({ event, sequence: first + index, order: event.order ?? first + index }))
  yield* runBulk(ADD_EVENTS, placed.map(eventValues))
  const attributes = placed.flatMap(({ event, sequence }) => event.attributes.map((pair) => [...pair, sequence]))
  yield* runBulk(ADD_ATTRIBUTES, attributes)
  const people = placed.flatMap(({ event, sequence }) => event.people.map((person) => [person, sequence]))
  yield* runBulk(ADD_PEOPLE, people)
  const tasks = placed.flatMap((place) =>
    place.event.tasks.map((task) => {
      taskSequence += 1
      return taskValues(task, taskSequence, place)
    }),
  )
  yield* runBulk(ADD_TASKS, tasks)
}

const TAKE_SEQUENCES = `UPDATE pullwright_store SET events = events + ?, tasks = tasks + ? RETURNING events, tasks`

const ADD_EVENTS = bulk(
  `INSERT INTO pullwright_events
    (sequence, id, type, project, recorded_at, root_id, chain_order, idempotency_key, record) VALUES `,
  9,
)

const ADD_ATTRIBUTES = bulk('INSERT INTO pullwright_attributes (name, value, event_sequence) VALUES ', 3)

const ADD_PEOPLE = bulk('INSERT INTO pullwright_people (person, event_sequence) VALUES ', 2)

const ADD_TASKS = bulk(
  `INSERT INTO pullwright_tasks
    (sequence, id, event_sequence, project, chain_order, target, status, lane, due_at, stands, concurrency_key, ordered,
     supersede, body) VALUES `,
  14,
)

interface Placed {
  event: PreparedEvent
  sequence: number
  order: number
}

function eventValues({ event, sequence, order }: Placed): Values {
  const { id, type, project, recordedAt, rootId, idempotencyKey, record } = event
  return [sequence, id, type, project, recordedAt, rootId, order, idempotencyKey, record]
}

function taskValues(task: PreparedTask, sequence: number, { event, sequence: eventSequence, order }: Placed): Values {
  const { id, target, dueAt, concurrencyKey, ordered, supersede, body } = task
  const queued = ['pending', 'first', dueAt, concurrencyKey === null, concurrencyKey, ordered, supersede, body] as const
  return [sequence, id, eventSequence, event.project, order, target, ...queued]
}
