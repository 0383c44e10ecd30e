import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { ask } from './child.ts'
import type { LatencyRequest, LatencyResult } from './latency.main.ts'
import { dropDatabase, resetDatabase } from './postgres-server.ts'
import { fixed, printTable, quantile } from './table.ts'

/** How long `emit` takes on PostgreSQL, against a bare INSERT with its commit, in the same process by turns. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      blocks: { type: 'string', default: '20' },
      'per-block': { type: 'string', default: '250' },
      concurrency: { type: 'string', default: '1,16' },
    },
  })
  const program = await bundle('latency')
  const rows: string[][] = []
  for (const concurrency of values.concurrency.split(',').map(Number)) {
    await resetDatabase()
    const request = { blocks: Number(values.blocks), perBlock: Number(values['per-block']), concurrency }
    const { emit, insert } = await ask<LatencyRequest, LatencyResult>(program, request)
    for (const part of [0.5, 0.99]) {
      const [ours, bare] = [quantile(emit, part), quantile(insert, part)]
      rows.push([`${concurrency} at once, p${part * 100}`, fixed(ours, 2), fixed(bare, 2), fixed(ours / bare, 2)])
    }
  }
  await dropDatabase()
  printTable('emit on PostgreSQL, milliseconds', ['', 'emit', 'INSERT + COMMIT', 'ratio'], rows)
}
