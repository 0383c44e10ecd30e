import { createPullwright, generateKey, type Store } from '@pullwright/core'
import { postgres } from '@pullwright/postgres'
import { sqlite } from '@pullwright/sqlite'
import { buildWorker } from './build-worker.ts'
import { checkInvariants } from './check-invariants.ts'
import { openTasks, readFacts } from './facts.ts'
import { type HostRows, openHostRows } from './host-rows.ts'
import { type Ledger, newLedger, noteRecorded } from './ledger.ts'
import { type Sink, startSink } from './sink.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'
import type { StorePlace, WorkerOptions } from './worker-protocol.ts'

/** Everything of one run: a store, endpoints in it, the receiver, the ledger, and the workers that come and go. */
export interface Stage {
  readonly ledger: Ledger
  readonly sink: Sink
  /** Undisturbed: looks at what the workers do. */
  readonly store: Store
  readonly hostRows: HostRows
  readonly workers: ReadonlySet<WorkerProcess>
  /** `place` where this worker has another way to the store, such as through a proxy. */
  work(options?: Partial<WorkerOptions>): WorkerProcess
  duplicates(): number
  /** Until nothing is open: 'quiet', or how much still is when the time is over. */
  untilQuiet(timeoutMs: number, meanwhile?: () => void): Promise<'quiet' | number>
  /** What was promised and not kept. */
  verdict(): Promise<string[]>
  /** Makes the schema, the endpoints in it, and the host's table. */
  makeEndpoints(): Promise<void>
  /** Ends the workers, and closes everything. The store's data stays. */
  close(): Promise<void>
}

/** Endpoints apart by application, so that none is alone with all the bad luck. */
export const APPS = ['amber', 'beryl', 'coral', 'delft'] as const

export async function setStage(place: StorePlace): Promise<Stage> {
  const key = generateKey()
  const ledger = newLedger()
  const secret = `whsec_${generateKey()}`
  const sink = await startSink(ledger, secret)
  const store = openStore(place)
  const hostRows = openHostRows(place)
  const script = await buildWorker()
  const workers = new Set<WorkerProcess>()
  const wrong: string[] = []
  let duplicates = 0
  return {
    ledger,
    sink,
    store,
    hostRows,
    workers,
    work(given = {}) {
      const worker = startWorker(
        script.path,
        { place, key, mode: 'start', ...given },
        ({ key: name, eventId, duplicate }) => {
          if (duplicate) duplicates += 1
          wrong.push(...noteRecorded(ledger, name, eventId))
        },
      )
      workers.add(worker)
      void worker.exited.then(({ code, signal }) => {
        workers.delete(worker)
        // Only what we do ends them: an error that nobody caught would end a host's process too.
        if (code !== 0 && signal !== 'SIGKILL') wrong.push(`a worker ended by itself: ${code ?? signal}`)
      })
      return worker
    },
    duplicates: () => duplicates,
    async untilQuiet(timeoutMs, meanwhile = () => {}) {
      const end = performance.now() + timeoutMs
      for (;;) {
        const open = await openTasks(store)
        if (open === 0) return 'quiet'
        if (performance.now() > end) return open
        meanwhile()
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    verdict: async () => [...wrong, ...checkInvariants(ledger, await readFacts(store, await hostRows.keys()))],
    async makeEndpoints() {
      await makeEndpoints(store, key, { secret, url: sink.url })
      await hostRows.make()
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop()))
      await sink.close()
      await store.close()
      await hostRows.close()
      await script.remove()
    },
  }
}

/** Their deliveries are tried again on everything a receiver may do here, and never given up. */
async function makeEndpoints(store: Store, key: string, { secret, url }: { secret: string; url: string }) {
  const egress = { allowHttp: true, allow: ['127.0.0.0/8'] }
  const { webhooks } = createPullwright({ store, key, egress })
  for (const app of APPS) {
    await webhooks.endpoints.create({
      ...{
        url: `${url}/${app}`,
        secret,
        events: ['variant.created'],
        filter: { app },
        ordering: 'key',
        concurrency: 32,
      },
      ...{ timeoutMs: 700, retryOn: [302], retry: { base: 100, factor: 2, max: 1_500, attempts: 1_000 } },
    })
  }
}

function openStore(place: StorePlace): Store {
  if (place.kind === 'sqlite') return sqlite({ file: place.file })
  return postgres({ connectionString: place.url }, { schema: place.schema })
}
