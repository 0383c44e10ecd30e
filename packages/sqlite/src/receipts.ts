import type { Receipt } from '@pullwright/core'
import { ask, type Row, type Steps } from './steps.ts'
import { numberOf } from './values.ts'

/** The receipt of an earlier copy of this delivery, if there is one. */
export function* findReceipt(receipt: Receipt): Steps<Row | null> {
  const { source, deliveryId, bodyHash, bodyWindowMs, receivedAt } = receipt
  const byId = deliveryId === null ? [] : yield* ask(FIND_BY_ID, source, deliveryId)
  if (byId[0] !== undefined) return byId[0]
  const [last] = yield* ask(FIND_BY_BODY, source, bodyHash)
  return last !== undefined && receivedAt - numberOf(last.received_at) < bodyWindowMs ? last : null
}

export function* addReceipt({ source, deliveryId, bodyHash, receivedAt, eventId }: Receipt): Steps<void> {
  yield* ask(ADD, source, deliveryId, bodyHash, receivedAt, eventId)
}

const FIND_BY_ID = `
SELECT event_id, received_at FROM pullwright_receipts
WHERE source = ? AND delivery_id = ? AND delivery_id IS NOT NULL`

const FIND_BY_BODY = `
SELECT event_id, received_at FROM pullwright_receipts
WHERE source = ? AND body_hash = ? ORDER BY sequence DESC LIMIT 1`

const ADD = `
INSERT INTO pullwright_receipts (source, delivery_id, body_hash, received_at, event_id) VALUES (?, ?, ?, ?, ?)`
