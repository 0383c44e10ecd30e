import { lineUp } from './keys.ts'
import { ask, type Steps } from './steps.ts'
import { keysOf } from './tasks.ts'
import { numberOf } from './values.ts'

/**
 * Makes those who wait for the signal due, and remembers it for those who run: a wake between a claim and the
 * settlement that begins the wait must not be lost. A wake never delays: whoever is due earlier by itself stays so.
 */
export function* wake(signal: string, at: number): Steps<number> {
  const woken = yield* ask(WAKE, at, signal)
  yield* lineUp(keysOf(woken))
  const [oldest] = yield* ask(`SELECT min(lease_wakes) AS oldest FROM pullwright_tasks WHERE status = 'running'`)
  if (oldest?.oldest === null || oldest === undefined) yield* ask('DELETE FROM pullwright_wakes')
  else {
    // Whoever runs began after these, so nobody can have missed them.
    yield* ask('DELETE FROM pullwright_wakes WHERE number <= ?', numberOf(oldest.oldest))
    const [number] = yield* ask('UPDATE pullwright_store SET wakes = wakes + 1 RETURNING wakes')
    yield* ask(REMEMBER, signal, numberOf(number?.wakes), at)
  }
  return woken.length
}

/** When the last wake of this signal, if it came after so many wakes, made its tasks due; null if it did not. */
export function* findWake(signal: string, after: number): Steps<number | null> {
  const [row] = yield* ask('SELECT at FROM pullwright_wakes WHERE signal = ? AND number > ?', signal, after)
  return row === undefined ? null : numberOf(row.at)
}

const WAKE = `
UPDATE pullwright_tasks SET due_at = min(due_at, ?), wake_on = NULL WHERE wake_on IS NOT NULL AND wake_on = ?
RETURNING concurrency_key`

const REMEMBER = `
INSERT INTO pullwright_wakes (signal, number, at) VALUES (?, ?, ?)
ON CONFLICT (signal) DO UPDATE SET number = excluded.number, at = excluded.at`
