import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Store } from '@pullwright/core'
import { postgres } from '@pullwright/postgres'
import pg from 'pg'
import { growHistory } from './history.ts'
import { countingPool, databaseUrl, dropDatabase, resetDatabase } from './postgres-server.ts'
import { fixed, printTable, quantile } from './table.ts'

const BATCH = 20
const ENDPOINT = 'ep_bench'

/** What a claim costs by what has been settled before, and under a transaction that stays open. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: 'string', default: '10000,1000000,5000000' },
      claims: { type: 'string', default: '500' },
      'open-seconds': { type: 'string', default: '30' },
    },
  })
  await resetDatabase()
  const { pool } = countingPool(4)
  const store = postgres({ pool })
  await store.migrate()
  await addEndpoint(store)
  const rows: string[][] = []
  for (const size of values.sizes.split(',').map(Number)) {
    await growHistory(pool, size)
    rows.push(row(`${size} settled`, await claims(store, () => false, Number(values.claims))))
  }
  rows.push(...(await underOpenTransaction(store, Number(values['open-seconds']), Number(values.claims))))
  await store.close()
  await pool.end()
  await dropDatabase()
  printTable(`claims of ${BATCH} tasks, milliseconds`, ['', 'p50', 'p99', 'claims'], rows)
}

/** A snapshot that is as old as asked keeps every row version that is consumed meanwhile. */
async function underOpenTransaction(store: Store, seconds: number, least: number): Promise<string[][]> {
  const holder = new pg.Client({ connectionString: databaseUrl() })
  await holder.connect()
  await holder.query('begin isolation level repeatable read')
  await holder.query('select count(*) from pullwright.rows')
  await holder.query('select pg_current_xact_id()')
  const end = performance.now() + seconds * 1000
  const first = await claims(store, () => false, Math.min(least, 200))
  const between = await claims(store, () => performance.now() >= end, Number.POSITIVE_INFINITY)
  while (performance.now() < end) await sleep(50)
  const last = await claims(store, () => false, Math.min(least, 200))
  await holder.query('rollback')
  await holder.end()
  return [
    row('transaction just opened', first),
    row(`while it stays open`, between),
    row(`open for ${seconds} s`, last),
  ]
}

function row(name: string, times: readonly number[]): string[] {
  return [name, fixed(quantile(times, 0.5), 2), fixed(quantile(times, 0.99), 2), String(times.length)]
}

/** Records, claims, settles, and tells how long each claim took. */
async function claims(store: Store, enough: () => boolean, most: number): Promise<number[]> {
  const times: number[] = []
  while (times.length < most && !enough()) {
    await store.append({ events: Array.from({ length: BATCH }, newEvent) })
    const now = Date.now()
    const begun = performance.now()
    const claimed = await store.claim({
      ...{ worker: 'bench', now, leaseMs: 30_000, limit: BATCH, lane: 'first' },
      ...{ handlers: [], endpoints: true },
    })
    times.push(performance.now() - begun)
    if (claimed.length !== BATCH) throw new Error(`A claim found ${claimed.length} of ${BATCH}`)
    const attempt = { startedAt: now, endedAt: now, outcome: 'done' as const, error: null, details: null }
    const transition = { status: 'done' as const, result: null }
    await store.settle(claimed.map(({ lease }) => ({ lease, at: now, transition, attempt })))
  }
  return times
}

let count = 0

function newEvent(): Parameters<Store['append']>[0]['events'][number] {
  const [now, id] = [Date.now(), `evt_new${count}`]
  const task = {
    ...{ id: `dlv_new${count++}`, target: { kind: 'endpoint' as const, endpointId: ENDPOINT }, dueAt: now },
    ...{ concurrencyKey: null, ordered: false, supersede: false, body: '{}' },
  }
  return {
    ...{ id, type: 'bench.noted', project: 'default', occurredAt: now, recordedAt: now, source: 'host', data: {} },
    ...{ attributes: {}, redactions: [], identity: null, kept: {}, idempotencyKey: null, orderingKey: null },
    ...{ rootId: id, causedBy: null, subject: null, people: [], tasks: [task] },
  }
}

async function addEndpoint(store: Store): Promise<void> {
  const at = Date.now()
  await store.endpoints.put({
    ...{ id: ENDPOINT, project: 'default', version: 1, createdAt: at, updatedAt: at, name: null, description: null },
    ...{ url: 'https://example.com', events: ['*'], enabled: true, disabledReason: null, secrets: [], settings: {} },
  })
}
