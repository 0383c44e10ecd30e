import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPullwright, defineEvent, generateKey, memoryStore, type Store } from '@pullwright/core'
import { postgres } from '@pullwright/postgres'
import { sqlite } from '@pullwright/sqlite'
import { z } from 'zod'
import type { Contender, ContenderOptions, OpenContender } from '../contender.ts'
import { countingPool } from '../postgres-server.ts'

const recorded = defineEvent(
  'bench.recorded',
  z.object({
    number: z.number(),
    app: z.string(),
    environment: z.string(),
    author: z.string(),
    lines: z.array(z.object({ name: z.string(), text: z.string(), weight: z.number() })),
  }),
  { description: 'Something to deliver', example: { number: 1, app: 'a', environment: 'b', author: 'c', lines: [] } },
)

interface OpenStore {
  store: Store
  statements: () => number | null
  close: () => Promise<void>
}

/** Setting: `concurrency`, of the process and of its one endpoint. */
const pullwrightOn =
  (open: () => OpenStore): OpenContender =>
  async ({ setting: { concurrency = 64 }, sinkUrl, data }: ContenderOptions): Promise<Contender> => {
    const { store, statements, close } = open()
    let settled = 0
    const pullwright = createPullwright({
      store,
      events: [recorded],
      key: generateKey(),
      egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
      limits: { concurrency },
      telemetry: {
        count: (name, value) => {
          if (name === 'pullwright.task.settled') settled += value
        },
        time() {},
      },
    })
    await pullwright.migrate()
    await pullwright.webhooks.endpoints.create({ url: sinkUrl, events: ['bench.*'], concurrency })
    const record = (index: number) => pullwright.emitter.emit(recorded, data(index) as z.input<typeof recorded.schema>)
    return {
      record,
      async recordMany(from, count) {
        let next = from
        const producer = async () => {
          while (next < from + count) await record(next++)
        }
        await Promise.all(Array.from({ length: 64 }, producer))
      },
      start: () => pullwright.start(),
      done: () => settled,
      statements,
      async stop() {
        await pullwright.stop()
        await close()
      },
    }
  }

export const onMemory = pullwrightOn(() => ({ store: memoryStore(), statements: () => null, close: async () => {} }))

export const onSqlite = pullwrightOn(() => {
  const folder = mkdtempSync(join(tmpdir(), 'pullwright-bench-'))
  return {
    store: sqlite({ file: join(folder, 'bench.sqlite') }),
    statements: () => null,
    close: async () => rmSync(folder, { recursive: true }),
  }
})

export const onPostgres = pullwrightOn(() => {
  const { pool, count } = countingPool(10)
  return { store: postgres({ pool }), statements: count, close: () => pool.end() }
})
