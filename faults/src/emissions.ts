import { OWN } from './facts.ts'
import type { Ledger } from './ledger.ts'
import { APPS } from './stage.ts'
import type { WorkerProcess } from './worker-process.ts'
import type { Chain } from './worker-protocol.ts'

/** Gives chains to whoever is alive until each is through: what a worker could not confirm, another emits again. */
export interface Emissions {
  /** Resolves when all that was added so far is recorded. */
  add(chains: readonly Omit<Chain, 'id'>[]): Promise<void>
  stop(): void
}

const CHAINS_PER_WORKER = 16

export function createEmissions(
  workers: () => readonly WorkerProcess[],
  { recorded }: Pick<Ledger, 'recorded'>,
): Emissions {
  const waiting: { chain: Chain; done: () => void }[] = []
  const busy = new Map<WorkerProcess, number>()
  let count = 0
  let handing = false
  let stopped = false

  return {
    async add(chains) {
      const ends = chains.map(
        (chain) =>
          new Promise<void>((resolve) => {
            count += 1
            waiting.push({ chain: { ...chain, id: count }, done: resolve })
          }),
      )
      void hand()
      await Promise.all(ends)
    },
    stop() {
      stopped = true
    },
  }

  async function hand(): Promise<void> {
    if (handing) return
    handing = true
    while (waiting.length > 0 && !stopped) {
      const worker = workers().find((one) => one.alive && (busy.get(one) ?? 0) < CHAINS_PER_WORKER)
      const next = worker === undefined ? undefined : waiting.shift()
      if (worker === undefined || next === undefined) await new Promise((resolve) => setTimeout(resolve, 20))
      else void run(worker, next)
    }
    handing = false
  }

  async function run(worker: WorkerProcess, next: (typeof waiting)[number]): Promise<void> {
    busy.set(worker, (busy.get(worker) ?? 0) + 1)
    const through = await worker.emit(next.chain)
    busy.set(worker, (busy.get(worker) ?? 0) - 1)
    if (through) return next.done()
    // From the last one that is known to be recorded: it answers `duplicate`, with the same id.
    const { keys } = next.chain
    const from = Math.max(0, keys.findIndex((key) => !recorded.has(key)) - 1)
    waiting.push({ ...next, chain: { ...next.chain, keys: keys.slice(from) } })
    void hand()
  }
}

/** So many events in chains: a quarter of them in groups whose order counts, a quarter in transactions of the host. */
export function chainsOf(name: string, events: number, perChain = 25): Omit<Chain, 'id'>[] {
  const chains = Math.ceil(events / perChain)
  return Array.from({ length: chains }, (_, index) => {
    const ordered = index % 4 === 0
    const own = index % 8 === 4 || index % 8 === 5
    const group = `${ordered ? 'row' : 'any'}-${own ? `${OWN}-` : ''}${name}-${index}`
    const length = Math.min(perChain, events - index * perChain)
    const keys = Array.from({ length }, (_unused, number) => `${group}/${number}`)
    return { app: APPS[index % APPS.length] ?? 'amber', orderingKey: ordered ? group : null, own, keys }
  })
}
