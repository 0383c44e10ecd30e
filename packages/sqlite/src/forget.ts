import { lineUp } from './keys.ts'
import { removeMarks } from './prune.ts'
import { ask, type Steps } from './steps.ts'
import { dropSteps, END, keysOf } from './tasks.ts'
import { jsonText, listOf, numberOf, textOf } from './values.ts'

/** A transaction empties so many events at most: others wait meanwhile. */
export const MOST_FORGOTTEN = 50

/**
 * Empties up to MOST_FORGOTTEN events that name the person: ids, types and times stay. Tasks that have not ended are
 * cancelled, for what they would send or act on is gone.
 */
export function* forget({ project, person, at }: { project: string; person: string; at: number }): Steps<number> {
  const events = yield* ask(FIND, person, project, MOST_FORGOTTEN)
  for (const row of events) {
    const event = numberOf(row.sequence)
    yield* removeMarks(event, row)
    yield* ask(EMPTY_EVENT, emptied(textOf(row.record)), event)
    yield* emptyTasks(event, at)
  }
  return events.length
}

const FIND = `
SELECT e.sequence, e.record FROM pullwright_people AS p CROSS JOIN pullwright_events AS e ON e.sequence = p.event_sequence
WHERE p.person = ? AND e.project = ? ORDER BY p.event_sequence LIMIT ?`

const EMPTY_EVENT = `UPDATE pullwright_events SET forgotten = 1, record = ? WHERE sequence = ?`

/** Attributes go too: they are copied from the data. */
function emptied(record: string): string | null {
  const event: Record<string, unknown> = JSON.parse(record)
  return jsonText({ ...event, data: { forgotten: true }, attributes: {}, kept: {}, people: [], subject: null })
}

function* emptyTasks(event: number, at: number): Steps<void> {
  const tasks = yield* ask('SELECT sequence, concurrency_key FROM pullwright_tasks WHERE event_sequence = ?', event)
  if (tasks.length === 0) return
  const sequences = tasks.map(({ sequence }) => numberOf(sequence))
  const list = listOf(sequences)
  yield* ask(END, at, list)
  yield* dropSteps(sequences)
  yield* ask(EMPTY_TASKS, list)
  yield* ask(EMPTY_ATTEMPTS, list)
  yield* lineUp(keysOf(tasks))
}

const EMPTY_TASKS = `
UPDATE pullwright_tasks SET body = NULL, result = NULL, reason = NULL, progress = NULL
WHERE sequence IN (SELECT value FROM json_each(?))`

const EMPTY_ATTEMPTS = `
UPDATE pullwright_attempts SET error = NULL, details = NULL WHERE task_sequence IN (SELECT value FROM json_each(?))`
