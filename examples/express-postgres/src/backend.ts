import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateKey, type Pullwright } from '@pullwright/core'
import { pullwrightExpress } from '@pullwright/express-adapter'
import express from 'express'
import pg from 'pg'
import { api } from './api.ts'
import { authorize } from './authorize.ts'
import type { Forge } from './forge.ts'
import { migrate } from './migrate.ts'
import { embed } from './pullwright.ts'
import { type Receiver, receiver } from './receiver.ts'
import { withSession } from './sessions.ts'

export interface Backend {
  url: string
  pool: pg.Pool
  pullwright: Pullwright
  receiver: Receiver
  /** Drops everything it made, too. */
  close(): Promise<void>
}

/** What it made is dropped again where it cannot start, such as on a port that is taken. */
export async function startBackend(databaseUrl: string, schema: string, forge: Forge, port: number): Promise<Backend> {
  const pool = new pg.Pool({ connectionString: databaseUrl, options: `-c search_path=${schema}` })
  const pullwright = embed(pool, `${schema}_pullwright`, process.env.PULLWRIGHT_KEY ?? generateKey(), forge)
  const end = async () => {
    await pullwright.stop()
    await pool.query(`drop schema if exists ${schema} cascade; drop schema if exists ${schema}_pullwright cascade`)
    await pool.end()
  }
  try {
    await migrate(pool, schema)
    // Migrates Pullwright's own schema, then begins to dispatch.
    await pullwright.start()
    return await serve({ pool, pullwright, port, end })
  } catch (error) {
    await end()
    throw error
  }
}

interface Parts {
  pool: pg.Pool
  pullwright: Pullwright
  port: number
  end: () => Promise<void>
}

async function serve({ pool, pullwright, port, end }: Parts): Promise<Backend> {
  const inbox = receiver()
  const app = express()
  app.use(withSession(pool))
  app.use('/pullwright', pullwrightExpress(pullwright, { authorize, admin: true }))
  app.use('/receiver', inbox.router)
  app.use('/api', api(pool, pullwright))

  const server = createServer(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pool,
    pullwright,
    receiver: inbox,
    async close() {
      await new Promise((resolve) => server.close(resolve).closeAllConnections())
      await end()
    },
  }
}
