import { createRequire } from 'node:module'
import { describe, test } from 'vitest'
import type { SqliteDatabase } from '../src/index.ts'
import { givenFileCases, sharedConnectionCases } from './conformance.ts'
import { testFolder } from './folder.ts'

const path = testFolder()
const driver = load()

if (driver === null) {
  const notice = `node:sqlite is NOT TESTED: Node ${process.versions.node} has none, it comes with Node 22.`
  console.warn(notice)
  test.skip(notice, () => {})
} else {
  const connect = (file: string) => new driver.DatabaseSync(file)

  describe('a file of node:sqlite conforms, handed in as it is', () => {
    for (const { name, run } of givenFileCases({ connect, path })) test(name, run)
  })

  describe('a database in memory of node:sqlite conforms', () => {
    for (const { name, run } of sharedConnectionCases(connect)) test(name, run)
  })
}

function load(): { DatabaseSync: new (file: string) => SqliteDatabase } | null {
  try {
    return createRequire(import.meta.url)('node:sqlite')
  } catch {
    return null
  }
}
