import type { AppendedEvent, AppendResult, ClaimedTask } from '@pullwright/core'
import { findConflict, writeDocuments } from './document-writes.ts'
import type { Prepared, PreparedEvent } from './prepare.ts'
import { addReceipt, findReceipt } from './receipts.ts'
import { ask, type Steps } from './steps.ts'
import { listOf, textOf, textOrNull } from './values.ts'
import { writeEvents } from './write-events.ts'

type Refusal = Exclude<AppendResult, { status: 'recorded' }>

/** A recording that may be written, and what of it is new. */
export interface Plan {
  recording: Prepared
  /** For each event, the id under which it is known already. */
  firstIds: (string | null)[]
}

/** Why the recording can't be written, or how. Changes nothing. */
export function* planRecording(recording: Prepared): Steps<Refusal | Plan> {
  const { receipt } = recording
  const seen = receipt === null ? null : yield* findReceipt(receipt)
  if (seen !== null) return { status: 'duplicate-receipt', eventId: textOrNull(seen.event_id) }
  const conflict = yield* findConflict(recording.documents)
  if (conflict !== null) return { status: 'conflict', ...conflict }
  return { recording, firstIds: yield* findDuplicates(recording.events) }
}

/** What was written, and the concurrency keys of new tasks: `lineUp` them before the transaction ends. */
export interface Written {
  result: Extract<AppendResult, { status: 'recorded' }>
  keys: string[]
}

export function* writeRecording({ recording, firstIds }: Plan): Steps<Written> {
  const { events, receipt } = recording
  const fresh = events.filter((_, index) => firstIds[index] === null)
  const taken = fresh.length > 0 ? yield* writeEvents(fresh) : new Map<string, ClaimedTask[]>()
  yield* writeDocuments(recording.documents)
  const answers = events.map(({ id }, index): AppendedEvent => {
    const first = firstIds[index] ?? null
    if (first !== null) return { id: first, status: 'duplicate' }
    const claimed = taken.get(id)
    return claimed === undefined ? { id, status: 'recorded' } : { id, status: 'recorded', claimed }
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
