import { createRequire, isBuiltin } from 'node:module'
import { describe, test } from 'vitest'
import type { SqliteDatabase } from '../src/index.ts'
import { givenFileCases, sharedConnectionCases } from './conformance.ts'
import { testFolder } from './folder.ts'

const path = testFolder()
const isMissing = !isBuiltin('node:sqlite')
if (isMissing) {
  const { node } = process.versions
  console.warn(`SKIPPED: the store on node:sqlite is not tested, because Node ${node} has none; it comes with Node 22`)
}

describe.skipIf(isMissing)('a file of node:sqlite conforms, handed in as it is', () => {
  for (const { name, run } of givenFileCases({ connect, path })) test(name, run)
})

describe.skipIf(isMissing)('a database in memory of node:sqlite conforms', () => {
  for (const { name, run } of sharedConnectionCases(connect)) test(name, run)
})

/** Loaded only when a test runs: an import would fail where it is missing. */
function connect(file: string): SqliteDatabase {
  const { DatabaseSync }: { DatabaseSync: new (file: string) => SqliteDatabase } = createRequire(import.meta.url)(
    'node:sqlite',
  )
  return new DatabaseSync(file)
}
