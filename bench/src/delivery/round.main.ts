import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender, OpenContender, Round, RoundResult } from './contender.ts'
import { dataOf } from './data.ts'
import { serverMeter } from './server-meter.ts'

// One round of one contender in a process of its own: nobody pays for another's heap, timers or libraries.

const CONTENDERS: Readonly<Record<string, () => Promise<OpenContender>>> = {
  bare: async () => (await import('./contenders/bare.ts')).bare,
  memory: async () => (await import('./contenders/pullwright.ts')).onMemory,
  sqlite: async () => (await import('./contenders/pullwright.ts')).onSqlite,
  postgres: async () => (await import('./contenders/pullwright.ts')).onPostgres,
  bullmq: async () => (await import('./contenders/bullmq.ts')).bullmq('each'),
  'bullmq-always': async () => (await import('./contenders/bullmq.ts')).bullmqAlways('each'),
  'pg-boss': async () => (await import('./contenders/pg-boss.ts')).pgBoss('each'),
  'graphile-worker': async () => (await import('./contenders/graphile-worker.ts')).graphileWorker('each'),
  'bullmq-gathered': async () => (await import('./contenders/bullmq.ts')).bullmq('gathered'),
  'bullmq-always-gathered': async () => (await import('./contenders/bullmq.ts')).bullmqAlways('gathered'),
  'pg-boss-gathered': async () => (await import('./contenders/pg-boss.ts')).pgBoss('gathered'),
  'graphile-worker-gathered': async () => (await import('./contenders/graphile-worker.ts')).graphileWorker('gathered'),
}

/** Recorded at once, as by so many requests of a backend. */
const PRODUCERS = 64
const WARM_UP = 10_000
/** Nothing may take longer than this; then something is stuck. */
const MOST_MS = 300_000

process.once('message', (round: Round) => {
  measure(round).then(
    (result) => process.send?.(result, () => process.exit()),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})

async function measure({
  contender: name,
  setting,
  bodyBytes,
  deliveries,
  mode,
  sinkUrl,
}: Round): Promise<RoundResult> {
  const open = await CONTENDERS[name]?.()
  if (open === undefined) throw new Error(`There is no contender ${name}`)
  const contender = await open({ setting, sinkUrl, data: dataOf(bodyBytes) })
  if (mode === 'through') {
    await contender.start()
    await passThrough(contender, 0, WARM_UP)
    await allDone(contender, WARM_UP)
  } else {
    await contender.recordMany(0, deliveries)
  }
  const meter = await serverMeter(name, contender.server)
  const before = { statements: contender.statements(), cpu: process.cpuUsage(), server: await meter.read() }
  const begun = performance.now()
  if (mode === 'through') {
    await passThrough(contender, WARM_UP, deliveries)
    await allDone(contender, WARM_UP + deliveries)
  } else {
    await contender.start()
    await allDone(contender, deliveries)
  }
  const seconds = (performance.now() - begun) / 1000
  const cpu = process.cpuUsage(before.cpu)
  const server = await meter.read()
  const statements = contender.statements()
  await meter.close()
  await contender.stop()
  return {
    seconds,
    cpuMs: (cpu.user + cpu.system) / 1000,
    serverCpuMs: server === null || before.server === null ? null : server - before.server,
    statements: statements === null || before.statements === null ? null : statements - before.statements,
  }
}

async function passThrough(contender: Contender, from: number, count: number): Promise<void> {
  let next = from
  const producer = async () => {
    while (next < from + count) await contender.record(next++)
  }
  await Promise.all(Array.from({ length: PRODUCERS }, producer))
}

async function allDone(contender: Contender, count: number): Promise<void> {
  const end = performance.now() + MOST_MS
  while (contender.done() < count) {
    if (performance.now() > end) throw new Error(`Only ${contender.done()} of ${count} were delivered`)
    await sleep(2)
  }
}
