import { createPullwright, defineEvent, generateKey } from '@pullwright/core'
import { postgres } from '@pullwright/postgres'
import { z } from 'zod'
import { dataOf } from './data.ts'
import { countingPool } from './postgres-server.ts'

// Blocks of emits and of bare inserts in turns, over the same pool: what disturbs one disturbs the other.

export interface LatencyRequest {
  blocks: number
  perBlock: number
  concurrency: number
}

/** Milliseconds of each call. */
export interface LatencyResult {
  emit: number[]
  insert: number[]
}

/** Until both are compiled: a compiler at work on two cores is most of what a tail shows. */
const WARM_UP = 10_000

const noted = defineEvent('bench.noted', z.looseObject({ number: z.number() }), {
  description: 'Something to record',
  example: { number: 1 },
})

process.once('message', (request: LatencyRequest) => {
  measure(request).then((result) => process.send?.(result, () => process.exit()), fail)
})

async function measure({ blocks, perBlock, concurrency }: LatencyRequest): Promise<LatencyResult> {
  const { pool } = countingPool(Math.max(2, concurrency))
  const pullwright = createPullwright({
    store: postgres({ pool }),
    events: [noted],
    key: generateKey(),
    egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
  })
  await pullwright.migrate()
  await pullwright.webhooks.endpoints.create({ url: 'http://127.0.0.1:9/never', events: ['bench.*'] })
  await pool.query('create table bare (id bigint generated always as identity primary key, data text not null)')
  const data = dataOf(1024)
  const emit = (n: number) => pullwright.emitter.emit(noted, { ...data(n), number: n })
  const insert = (n: number) =>
    pool.query({ name: 'bare', text: 'insert into bare (data) values ($1)', values: [JSON.stringify(data(n))] })
  const result: LatencyResult = { emit: [], insert: [] }
  for (let block = -Math.ceil(WARM_UP / perBlock); block < blocks; block++) {
    const [emits, inserts] = [await timeAll(emit, perBlock, concurrency), await timeAll(insert, perBlock, concurrency)]
    if (block < 0) continue
    result.emit.push(...emits)
    result.insert.push(...inserts)
  }
  await pullwright.stop()
  await pool.end()
  return result
}

async function timeAll(call: (n: number) => Promise<unknown>, count: number, concurrency: number): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const caller = async () => {
    while (next < count) {
      const begun = performance.now()
      await call(next++)
      times.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, caller))
  return times
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
