import { chainsOf, createEmissions, type Stage, type Storm, seeded, setStage, startStorm } from '@pullwright/faults'
import { readOptions, type SoakOptions, USAGE } from './options.ts'
import { openPlace } from './place.ts'

/** Events between two looks at everything, and the quiet before it. */
const ROUND_EVENTS = 5_000
const QUIET_MS = 120_000

/** The fault suite without end: exit code 1 as soon as something promised is not kept. */
export async function main(args: string[]): Promise<void> {
  let options: SoakOptions
  try {
    options = readOptions(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`)
    process.exitCode = 2
    return
  }
  const { place, remove } = await openPlace(options.store)
  const stage = await setStage(place)
  try {
    await stage.makeEndpoints()
    const storm = await startStorm({ stage, place, workers: options.workers, random: seeded(options.seed) })
    try {
      const wrong = await soak(stage, storm, options)
      for (const one of wrong.slice(0, 50)) print(`BROKEN ${one}`)
      if (wrong.length > 0) process.exitCode = 1
    } finally {
      await storm.close()
    }
  } finally {
    await stage.close()
    await remove()
  }
}

async function soak(stage: Stage, storm: Storm, options: SoakOptions): Promise<string[]> {
  const begun = performance.now()
  const total = { events: 0, deliveries: 0, requests: 0 }
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(0).padStart(6)
  const tell = async () => print(`${seconds()} s  ${await lineOf(stage, storm, total)}`)
  const lines = setInterval(() => void tell().catch(() => {}), options.lineSeconds * 1000)
  print(`${seconds()} s  seed ${options.seed}, ${options.workers} processes on ${stage.store.name}`)
  try {
    const emissions = createEmissions(() => storm.workers(), stage.ledger)
    for (let round = 1; performance.now() - begun < options.minutes * 60_000; round += 1) {
      await emissions.add(chainsOf(`round${round}`, ROUND_EVENTS))
      const wrong = await settle(stage, storm)
      if (wrong.length > 0) return wrong
      await forget(stage, total)
      print(`${seconds()} s  round ${round}: all kept`)
      storm.rage()
    }
    await tell()
    return []
  } finally {
    clearInterval(lines)
  }
}

/** Once the faults have ended, everything must come to its end, and to a good one. */
async function settle(stage: Stage, storm: Storm): Promise<string[]> {
  await storm.calm()
  const ticks = setInterval(() => storm.advance(30_000), 3_000)
  const open = await stage.untilQuiet(QUIET_MS)
  clearInterval(ticks)
  const verdict = await stage.verdict()
  return open === 'quiet' ? verdict : [`${open} deliveries are still open`, ...verdict]
}

/** What has been checked is deleted, here and in the store, so that a run of days needs no more than one of minutes. */
async function forget({ store, ledger, hostRows }: Stage, total: Totals): Promise<void> {
  total.events += ledger.recorded.size
  total.deliveries += new Set(ledger.accepted.map(({ deliveryId }) => deliveryId)).size
  total.requests += ledger.requests.length
  ledger.recorded.clear()
  ledger.requests.length = 0
  ledger.accepted.length = 0
  await hostRows.clear()
  while ((await store.prune({ before: Number.MAX_SAFE_INTEGER, limit: 1_000 })) > 0);
}

interface Totals {
  events: number
  deliveries: number
  requests: number
}

async function lineOf({ store, ledger, workers }: Stage, { counts }: Storm, total: Totals): Promise<string> {
  const deliveries = total.deliveries + new Set(ledger.accepted.map(({ deliveryId }) => deliveryId)).size
  const requests = total.requests + ledger.requests.length
  const backlog = await store.query.backlog(Date.now())
  const open = backlog.reduce((sum, { count }) => sum + count, 0)
  const oldest = Math.min(Date.now(), ...backlog.map(({ oldestDueAt }) => oldestDueAt))
  const memory = [process.memoryUsage().rss, ...[...workers].map((worker) => worker.memory)]
  return [
    `events ${total.events + ledger.recorded.size}`,
    `deliveries ${deliveries}`,
    `repeated ${requests - deliveries}`,
    `kills ${counts.kill ?? 0}`,
    `open ${open}`,
    `lag ${((Date.now() - oldest) / 1000).toFixed(1)} s`,
    `memory ${memory.map((bytes) => Math.round(bytes / 1024 / 1024)).join('+')} MiB`,
  ].join('  ')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
