import type { Store } from '@pullwright/core'
import type { Connection } from './connection.ts'
import { forget, MOST_FORGOTTEN } from './forget.ts'
import { MOST_PRUNED, type Pruning, prune, pruneReceipts } from './prune.ts'

/** However much there is to delete, in transactions so short that others come in between. */
export async function pruneEvents(
  connection: Connection,
  { before, limit, project }: Parameters<Store['prune']>[0],
): Promise<number> {
  if (!(limit > 0)) return 0
  let count = 0
  let after: Pruning['after'] | null = { recordedAt: Number.MIN_SAFE_INTEGER, sequence: 0 }
  while (after !== null && count < limit) {
    const request: Pruning = { before, project: project ?? null, after }
    const pruned = await connection.write(() => prune(request, Math.min(limit - count, MOST_PRUNED)))
    count += pruned.count
    after = pruned.last
  }
  if (project === undefined)
    await pruneAllReceipts(connection, before, count < limit ? Number.POSITIVE_INFINITY : limit)
  return count
}

/** No more than events at a time, but all of them once the events are through. */
async function pruneAllReceipts(connection: Connection, before: number, most: number): Promise<void> {
  for (let gone = 0; gone < most; ) {
    const some = await connection.write(() => pruneReceipts(before, MOST_RECEIPTS))
    gone += some
    if (some < MOST_RECEIPTS) return
  }
}

const MOST_RECEIPTS = 500

export async function forgetPerson(connection: Connection, request: Parameters<Store['forget']>[0]): Promise<number> {
  const asked = { ...request }
  for (let count = 0; ; ) {
    const some = await connection.write(() => forget(asked))
    count += some
    if (some < MOST_FORGOTTEN) return count
  }
}
