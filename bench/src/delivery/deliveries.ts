import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { runRound, type Sink, startSink } from './child.ts'
import type { Round, RoundResult } from './contender.ts'
import { dropDatabase, resetDatabase } from './postgres-server.ts'
import { PEERS, SETTINGS } from './settings.ts'
import { fixed, median, printTable } from './table.ts'

type Setting = Readonly<Record<string, number>>

interface Plan {
  mode: Round['mode']
  bodyBytes: number
  deliveries: number
  rounds: number
  contenders: readonly string[]
}

interface Sample extends RoundResult {
  deliveries: number
}

/**
 * Durable deliveries a second, of all contenders in the same run: each is swept over its own settings, then all take
 * turns at their best ones, and the medians are compared.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      deliveries: { type: 'string', default: '10000' },
      bodies: { type: 'string', default: '1024,10240' },
      modes: { type: 'string', default: 'through,backlog' },
      contenders: { type: 'string', default: Object.keys(SETTINGS).join(',') },
    },
  })
  const [round, sinkProgram] = await Promise.all([bundle('round'), bundle('sink')])
  const sink = await startSink(sinkProgram)
  try {
    for (const bodyBytes of values.bodies.split(',').map(Number)) {
      for (const mode of values.modes.split(',') as Round['mode'][]) {
        await compare(round, sink, {
          ...{ mode, bodyBytes, deliveries: Number(values.deliveries), rounds: Number(values.rounds) },
          contenders: values.contenders.split(','),
        })
      }
    }
  } finally {
    sink.close()
    await dropDatabase()
  }
}

async function compare(program: string, sink: Sink, plan: Plan): Promise<void> {
  const run = async (contender: string, setting: Setting): Promise<Sample> => {
    await resetDatabase()
    await sink.take()
    const { mode, bodyBytes, deliveries } = plan
    const result = await runRound(program, { contender, setting, bodyBytes, deliveries, mode, sinkUrl: sink.url })
    const { distinct, unsigned } = await sink.take()
    if (distinct < deliveries || unsigned > 0) {
      throw new Error(`${contender}: the sink got ${distinct} of ${deliveries}, ${unsigned} of them unsigned`)
    }
    return { ...result, deliveries }
  }
  const best = new Map<string, Setting>()
  for (const contender of plan.contenders) best.set(contender, await sweep(SETTINGS[contender] ?? [], run, contender))
  const samples = new Map<string, Sample[]>()
  for (let round = 0; round < plan.rounds; round++) {
    for (const [contender, setting] of best) {
      samples.set(contender, [...(samples.get(contender) ?? []), await run(contender, setting)])
    }
  }
  report(plan, best, samples)
}

async function sweep(
  settings: readonly Setting[],
  run: (contender: string, setting: Setting) => Promise<Sample>,
  contender: string,
): Promise<Setting> {
  let best: { setting: Setting; rate: number } = { setting: settings[0] ?? {}, rate: 0 }
  if (settings.length === 1) return best.setting
  for (const setting of settings) {
    const rate = rateOf(await run(contender, setting))
    process.stdout.write(`  ${contender} ${JSON.stringify(setting)}: ${fixed(rate)}/s\n`)
    if (rate > best.rate) best = { setting, rate }
  }
  return best.setting
}

function report(plan: Plan, best: ReadonlyMap<string, Setting>, samples: ReadonlyMap<string, Sample[]>): void {
  const middle = (contender: string, of: (sample: Sample) => number | null): number | null => {
    const values = (samples.get(contender) ?? []).map(of).filter((value) => value !== null)
    return values.length === 0 ? null : median(values)
  }
  const rate = (contender: string) => middle(contender, rateOf)
  const bestPeer = Math.max(...PEERS.map((peer) => rate(peer) ?? 0))
  const ratio = (value: number | null, to: number | null) => fixed(value === null || !to ? null : value / to, 2)
  const rows = [...best].map(([contender, setting]) => [
    contender,
    fixed(rate(contender)),
    ratio(rate(contender), rate('bare')),
    ratio(rate(contender), bestPeer),
    fixed(middle(contender, ({ cpuMs, deliveries }) => (cpuMs * 1000) / deliveries)),
    fixed(middle(contender, ({ serverCpuMs, deliveries }) => serverCpuMs && (serverCpuMs * 1000) / deliveries)),
    fixed(
      middle(contender, ({ statements, deliveries }) => statements && statements / deliveries),
      2,
    ),
    JSON.stringify(setting).replaceAll(/["{}]/g, ''),
  ])
  printTable(
    `${plan.mode}, bodies of ${plan.bodyBytes} bytes, ${plan.deliveries} deliveries, median of ${plan.rounds} rounds`,
    ['', 'per second', 'of bare', 'of best peer', 'cpu µs', 'server µs', 'statements', 'setting'],
    rows,
  )
}

function rateOf({ deliveries, seconds }: Sample): number {
  return deliveries / seconds
}
