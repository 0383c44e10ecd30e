import { dataOf } from './data.ts'

// Records many deliveries without delivering any, and says what they hold in this process.

export interface PendingRequest {
  store: 'memory' | 'sqlite' | 'postgres'
  pending: number
  bodyBytes: number
}

/** MB more than before. */
export interface PendingResult {
  heap: number
  resident: number
}

process.once('message', (request: PendingRequest) => {
  measure(request).then(
    (result) => process.send?.(result, () => process.exit()),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})

async function measure({ store, pending, bodyBytes }: PendingRequest): Promise<PendingResult> {
  const { onMemory, onPostgres, onSqlite } = await import('./contenders/pullwright.ts')
  const open = { memory: onMemory, sqlite: onSqlite, postgres: onPostgres }[store]
  const data = dataOf(bodyBytes)
  const contender = await open({ setting: {}, sinkUrl: 'http://127.0.0.1:9/never', data })
  await contender.recordMany(0, 1_000)
  const before = use()
  await contender.recordMany(1_000, pending)
  const after = use()
  await contender.stop()
  return { heap: after.heap - before.heap, resident: after.resident - before.resident }
}

function use(): PendingResult {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 }
}
