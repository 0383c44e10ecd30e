import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { ask } from './child.ts'
import type { PendingRequest, PendingResult } from './pending.main.ts'
import { dropDatabase, resetDatabase } from './postgres-server.ts'
import { fixed, printTable } from './table.ts'

const STORES = ['memory', 'sqlite', 'postgres'] as const

/** What pending deliveries hold in the memory of the process that recorded them. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      pending: { type: 'string', default: '100000' },
      body: { type: 'string', default: '1024' },
    },
  })
  const program = await bundle('pending')
  await resetDatabase()
  const rows: string[][] = []
  for (const store of STORES) {
    const request = { store, pending: Number(values.pending), bodyBytes: Number(values.body) }
    const { heap, resident } = await ask<PendingRequest, PendingResult>(program, request, ['--expose-gc'])
    rows.push([store, fixed(heap, 1), fixed(resident, 1), fixed((heap * 2 ** 20) / request.pending)])
  }
  await dropDatabase()
  printTable(`${values.pending} pending, MB`, ['', 'heap', 'resident', 'heap bytes each'], rows)
}
