import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { ask } from './child.ts'
import type { FirstAttemptRequest, FirstAttemptResult } from './first-attempt.main.ts'
import { dropDatabase, resetDatabase } from './postgres-server.ts'
import { fixed, printTable, quantile } from './table.ts'

/** How soon a receiver hears of an event on PostgreSQL, where its process delivers itself and where another one does. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { events: { type: 'string', default: '1000' }, 'pause-ms': { type: 'string', default: '10' } },
  })
  const program = await bundle('first-attempt')
  const rows: string[][] = []
  for (const together of [true, false]) {
    await resetDatabase()
    const request = { events: Number(values.events), pauseMs: Number(values['pause-ms']), together }
    const { times, statements } = await ask<FirstAttemptRequest, FirstAttemptResult>(program, request)
    rows.push([
      together ? 'by the process that records' : 'by another one',
      ...[0.5, 0.99].map((part) => fixed(quantile(times, part), 2)),
      fixed(statements / request.events, 1),
    ])
  }
  await dropDatabase()
  printTable(
    'From the answer of emit to the receiver, milliseconds',
    ['delivered', 'p50', 'p99', 'statements an event'],
    rows,
  )
}
