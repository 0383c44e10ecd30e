import type { ClaimRequest } from '@pullwright/core'
import { findExpired, findHeads, type Head, PASSES, passing } from './due.ts'
import { ask, type Steps } from './steps.ts'
import { numberOf, textOrNull } from './values.ts'

/** Tasks to take, by sequence. */
export interface Choice {
  /** All of them, oldest due time first. */
  inTurn: number[]
  /** Those of `inTurn` whose lease ran out. */
  lost: number[]
  /** Concurrency keys of the others. */
  keys: string[]
}

interface Candidate {
  at: number
  sequence: number
  key: string | null
  ordered: boolean
}

/** A line that is being taken from: its first, and what was read of it ahead. */
interface Open extends Head {
  ahead: Candidate[] | null
}

/** Goes through all lines at once, from the earliest due time on. */
export function* choose(request: ClaimRequest): Steps<Choice> {
  const { lane, now, limit } = request
  const choice: Choice = { inTurn: [], lost: [], keys: [] }
  if (!(limit > 0)) return choice
  const expired = yield* findExpired(now, request, limit)
  const open: Open[] = (yield* findHeads(lane, now, request, limit)).map((head) => ({ ...head, ahead: null }))
  const keys = new Set<string>()

  while (choice.inTurn.length < limit) {
    const line = first(open)
    const overdue = expired[0]
    if (overdue !== undefined && (line === undefined || comesBefore(overdue, line))) {
      expired.shift()
      choice.inTurn.push(overdue.sequence)
      choice.lost.push(overdue.sequence)
    } else if (line !== undefined) {
      const { key, ordered, sequence } = yield* step(line, open, request)
      if (key !== null && keys.has(key)) continue
      if (key !== null) keys.add(key)
      choice.inTurn.push(key === null || ordered ? sequence : yield* best(key, sequence, request))
    } else break
  }
  return { ...choice, keys: [...keys] }
}

/** Takes the line's first and moves on to the next; a line at its end is no longer open. */
function* step(line: Open, open: Open[], { now, limit }: ClaimRequest): Steps<Candidate> {
  const most = Math.min(limit + 1, MOST_AHEAD)
  line.ahead ??= yield* lookAhead(line, now, most)
  const taken = line.ahead.shift() ?? { at: line.at, sequence: line.sequence, key: null, ordered: false }
  if (line.ahead.length === 0) line.ahead = yield* lookAhead({ ...line, sequence: taken.sequence + 1 }, now, most)
  const [next] = line.ahead
  if (next === undefined) open.splice(open.indexOf(line), 1)
  else Object.assign(line, { at: next.at, sequence: next.sequence })
  return taken
}

/** From the line's first on, that included. */
function* lookAhead({ line, at, sequence }: Head, now: number, most: number): Steps<Candidate[]> {
  const rows = yield* ask(AHEAD, line, now, at, sequence, most)
  return rows.map((row) => ({
    at: numberOf(row.due_at),
    sequence: numberOf(row.sequence),
    key: textOrNull(row.concurrency_key),
    ordered: numberOf(row.ordered) === 1,
  }))
}

/** The oldest task of the key that is due in this lane and passes. An ordered one only where nothing is older. */
function* best(key: string, standing: number, request: ClaimRequest): Steps<number> {
  const [row] = yield* ask(OF_KEY, key, key, request.lane, request.now, ...passing(request))
  return row === undefined ? standing : numberOf(row.sequence)
}

function first(open: readonly Open[]): Open | undefined {
  let earliest: Open | undefined
  for (const line of open) if (earliest === undefined || comesBefore(line, earliest)) earliest = line
  return earliest
}

function comesBefore(a: { at: number; sequence: number }, b: { at: number; sequence: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}

/** Read ahead from one line at a time. */
const MOST_AHEAD = 128

const AHEAD = `
SELECT sequence, due_at, concurrency_key, ordered FROM pullwright_tasks
WHERE stands = 1 AND line = ? AND due_at <= ? AND (due_at, sequence) >= (?, ?)
ORDER BY due_at, sequence LIMIT ?`

const OF_KEY = `
SELECT t.sequence FROM pullwright_tasks AS t
WHERE t.concurrency_key IS NOT NULL AND t.concurrency_key = ? AND t.settled_at IS NULL
  AND (t.ordered = 0 OR t.sequence = (
    SELECT sequence FROM pullwright_tasks
    WHERE concurrency_key IS NOT NULL AND concurrency_key = ? AND settled_at IS NULL
    ORDER BY chain_order, sequence LIMIT 1
  ))
  AND t.lane = ? AND t.due_at <= ? AND ${PASSES}
ORDER BY t.chain_order, t.sequence LIMIT 1`
