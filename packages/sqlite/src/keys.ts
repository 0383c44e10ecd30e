import { ask, type Steps } from './steps.ts'
import { listOf } from './values.ts'

/**
 * Chooses anew who stands in line for each of these keys. Nobody does while one of the key runs. Otherwise the oldest
 * unfinished task stands if it is an ordered one, and of the unordered ones the first due of each lane and target.
 */
export function* lineUp(keys: Iterable<string>): Steps<void> {
  const distinct = [...new Set(keys)]
  if (distinct.length === 0) return
  const list = listOf(distinct)
  yield* ask(STEP_OUT, list)
  yield* ask(STEP_IN, list)
}

const STEP_OUT = `
UPDATE pullwright_tasks SET stands = 0
WHERE stands = 1 AND concurrency_key IS NOT NULL AND concurrency_key IN (SELECT value FROM json_each(?))`

/** The unordered tasks of a key that wait; the words of the index pullwright_tasks_queue. */
const QUEUED = `concurrency_key IS NOT NULL AND settled_at IS NULL AND ordered = 0 AND status <> 'running'`

const STEP_IN = `
WITH RECURSIVE
  free (key) AS (
    SELECT value FROM json_each(?)
    WHERE NOT EXISTS (
      SELECT 1 FROM pullwright_tasks
      WHERE concurrency_key IS NOT NULL AND concurrency_key = value AND status = 'running'
    )
  ),
  queue (key, line) AS (
    SELECT key, (SELECT min(line) FROM pullwright_tasks WHERE concurrency_key = free.key AND ${QUEUED}) FROM free
    UNION ALL
    SELECT key, (
      SELECT min(other.line) FROM pullwright_tasks AS other
      WHERE other.concurrency_key = queue.key AND other.line > queue.line
        AND other.concurrency_key IS NOT NULL AND other.settled_at IS NULL AND other.ordered = 0
        AND other.status <> 'running'
    ) FROM queue WHERE queue.line IS NOT NULL
  ),
  next (sequence) AS (
    SELECT (
      SELECT sequence FROM pullwright_tasks
      WHERE concurrency_key = queue.key AND line = queue.line AND ${QUEUED}
      ORDER BY due_at, sequence LIMIT 1
    ) FROM queue WHERE queue.line IS NOT NULL
    UNION ALL
    SELECT front.sequence FROM free CROSS JOIN pullwright_tasks AS front ON front.sequence = (
      SELECT sequence FROM pullwright_tasks
      WHERE concurrency_key IS NOT NULL AND concurrency_key = free.key AND settled_at IS NULL
      ORDER BY chain_order, sequence LIMIT 1
    )
    WHERE front.ordered = 1
  )
UPDATE pullwright_tasks SET stands = 1
WHERE sequence IN (SELECT sequence FROM next)`
