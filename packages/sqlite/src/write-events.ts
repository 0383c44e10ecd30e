import type { PreparedEvent, PreparedTask } from './prepare.ts'
import { ask, type Steps } from './steps.ts'
import { bulk, numberOf, runBulk, type Values } from './values.ts'

/** Gives each its place in the order of recording, and writes them with their tasks. */
export function* writeEvents(events: readonly PreparedEvent[]): Steps<void> {
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
