import { randomUUID } from 'node:crypto'
import type { ClaimedTask } from '@pullwright/core'
import type { PreparedEvent } from './prepare.ts'
import { ask, type Steps } from './steps.ts'
import { type PlacedEvent, type PlacedTask, takenAtOnce } from './take-at-once.ts'
import { bulk, numberOf, runBulk, type Values } from './values.ts'

/**
 * Gives each its place in the order of recording, and writes them with their tasks. Answers those that were taken at
 * once, by the id of their event.
 */
export function* writeEvents(events: readonly PreparedEvent[]): Steps<Map<string, ClaimedTask[]>> {
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
  const prefix = randomUUID()
  const tasks = placed.flatMap((place) =>
    place.event.tasks.map((task): PlacedTask => {
      taskSequence += 1
      return { task, sequence: taskSequence, token: task.lease && `${prefix}-${taskSequence}`, place }
    }),
  )
  const wakes = numberOf(last?.wakes)
  yield* runBulk(
    ADD_TASKS,
    tasks.map((task) => taskValues(task, wakes)),
  )
  return takenAtOnce(tasks)
}

const TAKE_SEQUENCES = `
UPDATE pullwright_store SET events = events + ?, tasks = tasks + ? RETURNING events, tasks, wakes`

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
     supersede, body, lease_token, leased_at, lease_until, lease_wakes) VALUES `,
  18,
)

function eventValues({ event, sequence, order }: PlacedEvent): Values {
  const { id, type, project, recordedAt, rootId, idempotencyKey, record } = event
  return [sequence, id, type, project, recordedAt, rootId, order, idempotencyKey, record]
}

function taskValues({ task, sequence, token, place }: PlacedTask, wakes: number): Values {
  const { id, target, dueAt, concurrencyKey, ordered, supersede, body, lease } = task
  const { event, sequence: eventSequence, order } = place
  const status = lease === null ? 'pending' : 'running'
  const stands = lease === null && concurrencyKey === null
  const queued = [status, 'first', dueAt, stands, concurrencyKey, ordered, supersede, body] as const
  const held = lease === null ? NO_LEASE : [token, lease.from, lease.until, wakes]
  return [sequence, id, eventSequence, event.project, order, target, ...queued, ...held]
}

const NO_LEASE = [null, null, null, null] as const
