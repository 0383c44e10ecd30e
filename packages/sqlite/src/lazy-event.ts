import type { EventRecord } from '@pullwright/core'

/** What of an event is known beside its record. */
type Known = Pick<
  EventRecord,
  'id' | 'type' | 'project' | 'recordedAt' | 'rootId' | 'idempotencyKey' | 'sequence' | 'order'
>

/**
 * The event of a task that runs. Its record, as JSON, is parsed when more of it is asked for: a delivery has its bytes
 * already.
 */
export function lazyEvent(known: Known, record: string): EventRecord {
  let parsed: EventRecord | undefined
  const rest = () => {
    parsed ??= JSON.parse(record) as EventRecord
    return parsed
  }
  return {
    id: known.id,
    type: known.type,
    project: known.project,
    get occurredAt() {
      return rest().occurredAt
    },
    recordedAt: known.recordedAt,
    get source() {
      return rest().source
    },
    get data() {
      return rest().data
    },
    get attributes() {
      return rest().attributes
    },
    get redactions() {
      return rest().redactions
    },
    get identity() {
      return rest().identity
    },
    get kept() {
      return rest().kept
    },
    idempotencyKey: known.idempotencyKey,
    get orderingKey() {
      return rest().orderingKey
    },
    rootId: known.rootId,
    get causedBy() {
      return rest().causedBy
    },
    get subject() {
      return rest().subject
    },
    get people() {
      return rest().people
    },
    sequence: known.sequence,
    order: known.order,
  }
}
