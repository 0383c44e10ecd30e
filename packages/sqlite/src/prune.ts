import { ask, type Row, type Steps } from './steps.ts'
import { listOf, numberOf, textOf } from './values.ts'

/** A transaction deletes so many events at most: others wait meanwhile. */
export const MOST_PRUNED = 100

export interface Pruning {
  before: number
  project: string | null
  /** Where to go on: behind this event. */
  after: { recordedAt: number; sequence: number }
}

export interface Pruned {
  count: number
  /** The last event that was looked at; null at the end. */
  last: Pruning['after'] | null
}

/**
 * Deletes events, oldest first, whose whole chain has ended and is older than `before`, with their tasks, attempts and
 * receipts. The newest task of a superseding key stays as long as an older one of that key does.
 */
export function* prune({ before, project, after }: Pruning, most: number): Steps<Pruned> {
  const rows = yield* ask(OLDEST, before, after.recordedAt, after.sequence, LOOKED_AT)
  const verdicts = new Map<string, boolean>()
  let count = 0
  let last: Row | undefined
  for (const row of rows) {
    if (count >= most) break
    last = row
    if (project !== null && textOf(row.project) !== project) continue
    const root = textOf(row.root_id)
    const mayGo = verdicts.get(root) ?? (yield* mayChainGo(root, before))
    verdicts.set(root, mayGo)
    if (!mayGo) continue
    yield* remove(numberOf(row.sequence))
    count += 1
  }
  const isEnd = last === rows.at(-1) && rows.length < LOOKED_AT
  if (last === undefined || isEnd) return { count, last: null }
  return { count, last: { recordedAt: numberOf(last.recorded_at), sequence: numberOf(last.sequence) } }
}

/** Events of other projects and of chains that may not go yet are passed over, so many in one transaction. */
const LOOKED_AT = 500

const OLDEST = `
SELECT sequence, recorded_at, root_id, project FROM pullwright_events INDEXED BY pullwright_events_recorded
WHERE recorded_at < ? AND (recorded_at, sequence) > (?, ?)
ORDER BY recorded_at, sequence LIMIT ?`

function* mayChainGo(root: string, before: number): Steps<boolean> {
  const [row] = yield* ask(BLOCKED, root, before, root, root)
  return row !== undefined && numberOf(row.blocked) === 0
}

const BLOCKED = `
SELECT EXISTS (SELECT 1 FROM pullwright_events WHERE root_id = ? AND recorded_at >= ?) OR EXISTS (
  SELECT 1 FROM pullwright_events AS e CROSS JOIN pullwright_tasks AS t ON t.event_sequence = e.sequence
  WHERE e.root_id = ? AND (t.settled_at IS NULL OR (
    t.supersede = 1 AND t.concurrency_key IS NOT NULL AND EXISTS (
      SELECT 1 FROM pullwright_tasks AS older
      CROSS JOIN pullwright_events AS cause ON cause.sequence = older.event_sequence
      WHERE older.concurrency_key IS NOT NULL AND older.concurrency_key = t.concurrency_key AND older.supersede = 1
        AND (older.chain_order, older.sequence) < (t.chain_order, t.sequence) AND cause.root_id <> ?
    )
  ))
) AS blocked`

function* remove(event: number): Steps<void> {
  const [row] = yield* ask('SELECT record FROM pullwright_events WHERE sequence = ?', event)
  if (row !== undefined) yield* removeMarks(event, row)
  const tasks = yield* ask('SELECT sequence FROM pullwright_tasks WHERE event_sequence = ?', event)
  if (tasks.length > 0) {
    const list = listOf(tasks.map(({ sequence }) => numberOf(sequence)))
    yield* ask('DELETE FROM pullwright_attempts WHERE task_sequence IN (SELECT value FROM json_each(?))', list)
    yield* ask('DELETE FROM pullwright_tasks WHERE sequence IN (SELECT value FROM json_each(?))', list)
  }
  yield* ask('DELETE FROM pullwright_events WHERE sequence = ?', event)
}

/** What the event is searched by. */
export function* removeMarks(event: number, { record }: Row): Steps<void> {
  const { attributes, people } = JSON.parse(textOf(record)) as { attributes: Record<string, string>; people: string[] }
  for (const [name, value] of Object.entries(attributes)) yield* ask(UNMARK, name, value, event)
  for (const person of people)
    yield* ask('DELETE FROM pullwright_people WHERE person = ? AND event_sequence = ?', person, event)
}

const UNMARK = 'DELETE FROM pullwright_attributes WHERE name = ? AND value = ? AND event_sequence = ?'

/** A receipt guards its event: it stays as long as that does. Answers how many went. */
export function* pruneReceipts(before: number, most: number): Steps<number> {
  return (yield* ask(PRUNE_RECEIPTS, before, most)).length
}

const PRUNE_RECEIPTS = `
DELETE FROM pullwright_receipts WHERE sequence IN (
  SELECT sequence FROM pullwright_receipts AS receipt
  WHERE received_at < ?
    AND (event_id IS NULL OR NOT EXISTS (SELECT 1 FROM pullwright_events WHERE id = receipt.event_id))
  ORDER BY received_at LIMIT ?
) RETURNING sequence`
