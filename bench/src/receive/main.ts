import type { ChildProcess } from 'node:child_process'
import { parseArgs } from 'node:util'
import { bundle } from '../delivery/bundle.ts'
import { message, start, startSink } from '../delivery/child.ts'
import { dropDatabase, resetDatabase } from '../delivery/postgres-server.ts'
import { type ServerMeter, serverMeter } from '../delivery/server-meter.ts'
import { fixed, median, printTable, quantile } from '../delivery/table.ts'
import type { LoadRequest, LoadResult, ServerAnswer, ServerRequest, ServerUse } from './contender.ts'

const OPTIONS = {
  'per-second': { type: 'string', default: '500' },
  seconds: { type: 'string', default: '4' },
  blocks: { type: 'string', default: '3' },
  bytes: { type: 'string', default: '1024' },
  deliver: { type: 'boolean', default: false },
} as const

interface Server {
  child: ChildProcess
  url: string
}

interface Block {
  latencies: number[]
  /** Of the server's process and of the database's, milliseconds. */
  cpuMs: number
  databaseMs: number
}

/** Ours and the bare route's, one after the other. */
type Pair = [ours: Block, bare: Block]

/**
 * How long an accepted delivery takes on PostgreSQL, against a bare Express route that does one INSERT and commits:
 * each in its own process, at the same offered load, block by block in turn.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS })
  const [perSecond = 0, seconds = 0, bodyBytes = 0] = [values['per-second'], values.seconds, values.bytes].map(Number)
  const secret = ['a', 'secret', 'of', 'hooks'].join('-')
  const program = await bundle('server', 'receive')
  const sender = start(await bundle('load', 'receive'))
  const sink = values.deliver ? await startSink(await bundle('sink')) : null
  await resetDatabase()
  const meter = await serverMeter('receive', undefined)
  const ours = await open(program, { contender: 'pullwright', secret, sinkUrl: sink?.url ?? null })
  const bare = await open(program, { contender: 'bare', secret, sinkUrl: null })
  const pairs: Pair[] = []
  for (let n = -1; n < Number(values.blocks); n++) {
    const load = { secret, perSecond, seconds, bodyBytes, block: String(n) }
    const pair: Pair = [await block(ours, sender, meter, load), await block(bare, sender, meter, load)]
    // The first ones warm up.
    if (n >= 0) pairs.push(pair)
  }
  for (const child of [ours.child, bare.child, sender]) child.disconnect()
  sink?.close()
  await meter.close()
  await dropDatabase()
  const title = `An accepted delivery on PostgreSQL, ${perSecond} a second of ${bodyBytes} bytes`
  report(sink === null ? title : `${title}, delivered meanwhile`, pairs)
}

async function open(program: string, request: ServerRequest): Promise<Server> {
  const child = start(program)
  const answer = message<ServerAnswer>(child)
  child.send(request)
  return { child, url: (await answer).url }
}

async function block(
  { child, url }: Server,
  sender: ChildProcess,
  meter: ServerMeter,
  load: Omit<LoadRequest, 'url'>,
): Promise<Block> {
  const [before, databaseBefore] = [await told<ServerUse>(child, {}), await meter.read()]
  const result = await told<LoadResult>(sender, { ...load, url })
  if ('failed' in result) throw new Error(result.failed)
  const [after, databaseAfter] = [await told<ServerUse>(child, {}), await meter.read()]
  const databaseMs = (databaseAfter ?? Number.NaN) - (databaseBefore ?? Number.NaN)
  return { ...result, cpuMs: after.cpuMs - before.cpuMs, databaseMs }
}

function told<T>(child: ChildProcess, request: object): Promise<T> {
  const answer = message<T>(child)
  child.send(request)
  return answer
}

function report(title: string, pairs: readonly Pair[]): void {
  const [ours, bare] = [pairs.map(([one]) => one), pairs.map(([, one]) => one)]
  const row = (name: string, of: (blocks: readonly Block[]) => number, digits = 2) => [
    name,
    fixed(of(ours), digits),
    fixed(of(bare), digits),
    fixed(of(ours) / of(bare), 2),
  ]
  const part = (share: number) => (blocks: readonly Block[]) =>
    quantile(
      blocks.flatMap(({ latencies }) => latencies),
      share,
    )
  const each = (of: (block: Block) => number) => (blocks: readonly Block[]) =>
    (1000 * blocks.reduce((sum, block) => sum + of(block), 0)) / blocks.flatMap(({ latencies }) => latencies).length
  const ratios = pairs.map(([mine, its]) => part(0.99)([mine]) / part(0.99)([its]))
  printTable(
    `${title}, milliseconds`,
    ['', 'pullwright', 'bare', 'ratio'],
    [
      row('p50', part(0.5)),
      row('p99', part(0.99)),
      ...pairs.map((_, n) => row(`p99, block ${n + 1}`, (blocks) => part(0.99)(blocks.slice(n, n + 1)))),
      ['p99, median of blocks', '', '', fixed(median(ratios), 2)],
      row(
        'cpu of the server, µs each',
        each(({ cpuMs }) => cpuMs),
        0,
      ),
      row(
        'cpu of PostgreSQL, µs each',
        each(({ databaseMs }) => databaseMs),
        0,
      ),
    ],
  )
}
