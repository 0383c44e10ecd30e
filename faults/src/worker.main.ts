import { createPullwright, type HostTransaction, type Pullwright, type Store } from '@pullwright/core'
import { postgres } from '@pullwright/postgres'
import { sqlite } from '@pullwright/sqlite'
import { type Crash, createCrash } from './crash.ts'
import { fragileDatabase } from './fragile-database.ts'
import { fragilePool } from './fragile-pool.ts'
import { openHostRows, undone } from './host-rows.ts'
import type { Chain, FromWorker, StorePlace, ToWorker, WorkerOptions } from './worker-protocol.ts'

/** Of so many own emits one is made twice: first in a transaction that is undone. */
const UNDONE_EACH = 5

/** A process with Pullwright in it, as a host would have it: it emits what it is told to, and delivers. */
const options = JSON.parse(process.argv[2] ?? '{}') as WorkerOptions
let clockOffset = options.clockOffset ?? 0
const crash = createCrash(options.crash)
const opened = openStore(options.place, crash)
const hostRows = openHostRows(options.place)
const pullwright = createPullwright({
  store: crash.around(opened.store),
  key: options.key,
  egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
  clock: { now: () => Date.now() + clockOffset },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  limits: { leaseMs: 1_500, pollMs: 100 },
})

process.on('message', (message: ToWorker) => void obey(message))
process.on('disconnect', () => process.exit(1))
setInterval(() => tell(memory()), 5_000).unref()
await run(pullwright)

async function run({ start, drain, migrate }: Pullwright): Promise<void> {
  // As a supervisor would: what is not reachable yet is tried again.
  for (;;) {
    try {
      await (options.mode === 'start' ? start() : migrate())
      break
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  tell({ ready: true })
  while (options.mode === 'drain') {
    await drain().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function obey(message: ToWorker): Promise<void> {
  if ('clockOffset' in message) clockOffset = message.clockOffset
  else if ('emit' in message) await emit(message.emit)
  else {
    await pullwright.stop({ timeoutMs: 10_000 })
    await opened.end()
    await hostRows.close()
    process.send?.(memory(), () => process.exit(0))
  }
}

async function emit({ id, keys, ...chain }: Chain): Promise<void> {
  try {
    for (const [index, key] of keys.entries()) {
      if (chain.own && index % UNDONE_EACH === 0) await emitOne(undone(key), chain, 'undo')
      const { id: eventId, status } = await emitOne(key, chain, 'commit')
      tell({ recorded: { key, eventId, duplicate: status === 'duplicate' } })
    }
    tell({ chain: id, error: null })
  } catch (error) {
    tell({ chain: id, error: String(error) })
  }
}

function emitOne(key: string, { app, orderingKey, own }: Omit<Chain, 'id' | 'keys'>, end: 'commit' | 'undo') {
  const data = { app_name: app, variant_name: key, commit_message: 'x'.repeat(200) }
  const given = { idempotencyKey: key, ...(orderingKey === null ? {} : { orderingKey }) }
  const record = (transaction?: HostTransaction) =>
    pullwright.emitter.emit('variant.created', data, transaction === undefined ? given : { ...given, transaction })
  return own ? hostRows.write(key, record, end) : record()
}

/** The most there ever was: a peak is over long before anybody asks. */
function memory(): FromWorker {
  return { memory: process.resourceUsage().maxRSS * 1024 }
}

function tell(message: FromWorker): void {
  process.send?.(message)
}

/** Plain stores; where the death is to come in the middle of a statement, on a driver that brings it. */
function openStore(place: StorePlace, its: Crash): { store: Store; end(): Promise<void> } {
  const fragile = options.crash?.when === 'in'
  const ours = async () => {}
  if (place.kind === 'sqlite') {
    const { file, busyTimeoutMs = 10_000 } = place
    const store = fragile ? sqlite({ database: fragileDatabase(file, its) }) : sqlite({ file, busyTimeoutMs })
    return { store, end: ours }
  }
  const { url, schema } = place
  if (!fragile) return { store: postgres({ connectionString: url }, { schema, timeoutMs: 2_000 }), end: ours }
  const { pool, end } = fragilePool(url, its)
  return { store: postgres({ pool }, { schema }), end }
}
