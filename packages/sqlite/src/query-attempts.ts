import type { AttemptRecord } from '@pullwright/core'
import { ask, type Steps } from './steps.ts'
import { jsonOf, numberOf, textOf, textOrNull } from './values.ts'

export function* queryAttempts(taskId: string): Steps<AttemptRecord[]> {
  const rows = yield* ask(FIND, taskId)
  return rows.map((row) => ({
    taskId,
    number: numberOf(row.number),
    startedAt: numberOf(row.started_at),
    endedAt: numberOf(row.ended_at),
    outcome: textOf(row.outcome) as AttemptRecord['outcome'],
    error: textOrNull(row.error),
    details: jsonOf(row.details),
  }))
}

const FIND = `
SELECT a.number, a.started_at, a.ended_at, a.outcome, a.error, a.details
FROM pullwright_tasks AS t CROSS JOIN pullwright_attempts AS a ON a.task_sequence = t.sequence
WHERE t.id = ? ORDER BY a.number`
