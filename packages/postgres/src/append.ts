import type { AppendResult, HostTransaction, Receipt, Recording } from '@pullwright/core'
import { documentParameter, eventParameter, receiptParameter, taskParameter } from './append-parameters.ts'
import { createAppendPlain, isPlain } from './append-plain.ts'
import { type Database, toRows } from './database.ts'
import { storeError } from './errors.ts'
import { requireTransaction } from './host-transaction.ts'
import { lockNumber } from './lock-number.ts'
import { decodeNullable, decodeText } from './text-codec.ts'

export type Append = (recording: Recording, transaction?: HostTransaction) => Promise<AppendResult>

/** One statement, one round trip; in the host's transaction where there is one. */
export function createAppend(database: Database, leasesTo: (until: number) => void): Append {
  const statement = database.statement(
    'select verdict, about, detail from {s}.append($1::bigint[], $2::json, $3::json, $4::json, $5::json)',
  )
  const appendPlain = createAppendPlain(database, leasesTo)

  return async (recording, transaction) => {
    if (transaction === undefined && isPlain(recording)) {
      return { status: 'recorded', events: await appendPlain(recording.events) }
    }
    const values = toParameters(recording, database.schema)
    if (transaction === undefined) return toResult(recording, await database.run(statement, values))
    requireTransaction(transaction)
    try {
      return toResult(recording, toRows(await transaction.query(statement.text, values)))
    } catch (error) {
      throw storeError(error)
    }
  }
}

interface AppendParameters {
  locks: string[]
  receipt: object | null
  documents: object[] | null
  events: object[]
  tasks: object[]
}

/** Many recordings, one statement, one commit: what they lock is locked first, so that two of these can't stand still. */
export function createAppendAll(database: Database): (recordings: readonly Recording[]) => Promise<AppendResult[]> {
  const statement = database.statement(
    `select one.n, answer.verdict, answer.about, answer.detail
      from json_to_recordset($1::json) as one(n integer, locks bigint[], receipt json, documents json, events json, tasks json)
      cross join lateral {s}.append(one.locks, one.receipt, one.documents, one.events, one.tasks) answer`,
  )

  return async (recordings) => {
    const each = recordings.map((recording) => parametersOf(recording, database.schema))
    const all = [...new Set(each.flatMap(({ locks }) => locks))]
    const parameters = each.map((one, n) => ({ ...one, n, locks: n === 0 ? all : [] }))
    const rows = await database.run(statement, [JSON.stringify(parameters)])
    return recordings.map((recording, n) =>
      toResult(
        recording,
        rows.filter((row) => row.n === n),
      ),
    )
  }
}

/** What `append` takes. */
function parametersOf(recording: Recording, schema: string): AppendParameters {
  const { events, documents = [], receipt } = recording
  return {
    locks: [...locksFor(recording, schema)],
    receipt: receipt === undefined ? null : receiptParameter(receipt),
    documents: documents.length === 0 ? null : documents.map(documentParameter),
    events: events.map(eventParameter),
    tasks: events.flatMap((event, n) => event.tasks.map((task, place) => taskParameter(event, task, place, n))),
  }
}

export function toParameters(recording: Recording, schema: string): unknown[] {
  const { locks, ...json } = parametersOf(recording, schema)
  const texts = [json.receipt, json.documents, json.events, json.tasks]
  return [locks, ...texts.map((part) => (part === null ? null : JSON.stringify(part)))]
}

function locksFor({ events, documents = [], receipt }: Recording, schema: string): Set<string> {
  const locks = new Set<string>()
  for (const event of events) {
    // Whoever records next under this key waits for our commit: order of recording is order of commit.
    if (event.orderingKey !== null) locks.add(lockNumber('order', schema, event.project, event.orderingKey))
    for (const { ordered, concurrencyKey } of event.tasks)
      if (ordered && concurrencyKey !== null) locks.add(lockNumber('ordered-key', schema, concurrencyKey))
  }
  for (const { project, collection, key } of documents) {
    locks.add(lockNumber('document', schema, project, collection, key))
  }
  if (receipt !== undefined) for (const lock of receiptLocks(receipt, schema)) locks.add(lock)
  return locks
}

function toResult(recording: Recording, rows: readonly Record<string, unknown>[]): AppendResult {
  const firsts = new Map<number, string>()
  for (const row of rows) {
    const about = row.about as string | null
    const detail = row.detail as string | null
    if (row.verdict === 'duplicate-receipt') return { status: 'duplicate-receipt', eventId: decodeNullable(detail) }
    if (row.verdict === 'conflict') return conflictOf(row)
    firsts.set(Number(about), decodeText(String(detail)))
  }
  const events = recording.events.map(({ id }, index) => {
    const first = firsts.get(index)
    return first === undefined ? { id, status: 'recorded' as const } : { id: first, status: 'duplicate' as const }
  })
  return { status: 'recorded', events }
}

export function conflictOf(row: Record<string, unknown>): Extract<AppendResult, { status: 'conflict' }> {
  const [collection, key] = [decodeText(String(row.about)), decodeText(String(row.detail))]
  return { status: 'conflict', collection, key }
}

/** Copies of one delivery take turns, whether they are known by their id or by their body. */
function receiptLocks({ source, deliveryId, bodyHash }: Receipt, schema: string): string[] {
  const byBody = lockNumber('receipt-body', schema, source, bodyHash)
  return deliveryId === null ? [byBody] : [byBody, lockNumber('receipt', schema, source, deliveryId)]
}
