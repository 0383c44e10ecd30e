import pg from 'pg'
import type { MisbehaviourName } from './misbehaviours.ts'
import { MISBEHAVIOURS } from './misbehaviours.ts'
import { startProxy, type TcpProxy } from './proxy.ts'
import { pick } from './random.ts'
import type { Stage } from './stage.ts'
import type { WorkerProcess } from './worker-process.ts'
import type { StorePlace } from './worker-protocol.ts'

export interface StormOptions {
  stage: Stage
  place: StorePlace
  workers: number
  random: () => number
  /** Between two faults, milliseconds. Default 1,200. */
  pauseMs?: number
  /** Of requests that are answered badly. Default 0.08. */
  badAnswers?: number
}

export interface Storm {
  /** So often each fault came. */
  readonly counts: Readonly<Record<string, number>>
  workers(): readonly WorkerProcess[]
  /** Ends all faults: connections hold, answers are good, killed workers are back, and all clocks agree again. */
  calm(): Promise<void>
  /** Begins again after a calm. */
  rage(): void
  /** All clocks go on by so much: what was written by one that ran ahead becomes due. Milliseconds. */
  advance(milliseconds: number): void
  close(): Promise<void>
}

type Fault = () => void | Promise<void>

const NAMES = Object.keys(MISBEHAVIOURS) as [MisbehaviourName, ...MisbehaviourName[]]
const LONGEST_JUMP_MS = 20_000

/** Kills, cuts, stalls, jumps and bad answers, one fault after another until it is calm. */
export async function startStorm({
  stage,
  place,
  workers: wanted,
  random,
  pauseMs = 1_200,
  badAnswers = 0.08,
}: StormOptions): Promise<Storm> {
  const counts: Record<string, number> = {}
  const wire = place.kind === 'postgres' ? await openWire(place) : null
  const workers: WorkerProcess[] = []
  let furthest = 0
  let raging = true
  const employ = (index: number) => {
    workers[index] = stage.work({ place: wire?.place ?? place, clockOffset: furthest })
  }
  for (let index = 0; index < wanted; index += 1) employ(index)
  await Promise.all(workers.map(({ ready }) => ready))
  stage.sink.mood = () => {
    if (!raging || random() >= badAnswers) return null
    return count(pick(NAMES, random))
  }
  const faults: [string, Fault][] = [
    ['kill', kill],
    ['kill', kill],
    ['clock jump', jump],
    ...(wire === null ? [] : wireFaults(wire, random)),
  ]
  let storming = storm()
  const advance = (milliseconds: number) => {
    furthest += milliseconds
    for (const worker of workers) worker.setClock(furthest)
  }

  return {
    counts,
    workers: () => workers,
    async calm() {
      raging = false
      await storming
      advance(0)
    },
    rage() {
      raging = true
      storming = storm()
    },
    advance,
    async close() {
      raging = false
      await storming
      await Promise.all(workers.map((worker) => worker.stop()))
      await wire?.close()
    },
  }

  async function storm(): Promise<void> {
    while (raging) {
      const [name, strike] = pick(faults as [[string, Fault], ...[string, Fault][]], random)
      count(name)
      await strike()
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + random())))
    }
  }

  function count<T extends string>(name: T): T {
    counts[name] = (counts[name] ?? 0) + 1
    return name
  }

  async function kill(): Promise<void> {
    const index = Math.floor(random() * workers.length)
    workers[index]?.kill()
    await workers[index]?.exited
    employ(index)
  }

  /** Forwards or backwards, one process apart from the others. */
  function jump(): void {
    const offset = Math.round((random() * 2 - 1) * LONGEST_JUMP_MS)
    furthest = Math.max(furthest, offset)
    pick(workers as [WorkerProcess, ...WorkerProcess[]], random).setClock(offset)
  }
}

interface Wire {
  place: StorePlace
  proxy: TcpProxy
  /** Ends the server's side of every connection that comes from us. */
  terminate(): Promise<void>
  close(): Promise<void>
}

async function openWire(place: Extract<StorePlace, { kind: 'postgres' }>): Promise<Wire> {
  const url = new URL(place.url)
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port || 5432) })
  const name = `faults ${place.schema}`
  const through = new URL(place.url)
  through.host = `127.0.0.1:${proxy.port}`
  through.searchParams.set('application_name', name)
  const pool = new pg.Pool({ connectionString: place.url, max: 1 })
  return {
    place: { ...place, url: through.href },
    proxy,
    async terminate() {
      await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name])
    },
    async close() {
      await proxy.close()
      await pool.end()
    },
  }
}

function wireFaults({ proxy, terminate }: Wire, random: () => number): [string, Fault][] {
  return [
    ['backends terminated', terminate],
    ['connections reset', () => proxy.reset()],
    ['connections half closed', () => proxy.halfClose()],
    ['connections silent', () => proxy.hush()],
    ['connections stalled', () => proxy.stall(200 + random() * 1_300)],
    ['connections refused', () => proxy.refuse(100 + random() * 400)],
  ]
}
