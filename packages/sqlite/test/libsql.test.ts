import type { Store } from '@pullwright/core'
import { storeConformance } from '@pullwright/testkit'
import Database from 'libsql'
import { describe, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { begin, sharedConnectionCases } from './conformance.ts'
import { testFolder } from './folder.ts'

const path = testFolder()

describe('a file conforms', () => {
  const files = new WeakMap<Store, string>()
  const open = (file: string) => {
    const store = sqlite({ file, durability: 'normal' })
    files.set(store, file)
    return store
  }
  const fileOf = (store: Store) => files.get(store) ?? ''

  const cases = storeConformance({
    create: () => open(path()),
    reopen: async (store) => open(fileOf(store)),
    transactions: {
      async begin(store) {
        const host = new Database(fileOf(store))
        return begin(host, () => host.close())
      },
    },
  })
  for (const { name, run } of cases) test(name, run)
})

describe('a database in memory conforms, handed in', () => {
  for (const { name, run } of sharedConnectionCases((file) => new Database(file))) test(name, run)
})
