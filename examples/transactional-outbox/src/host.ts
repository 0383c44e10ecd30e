import { createPullwright, type EmitResult, type Plugin, type Pullwright } from '@pullwright/core'
import { postgres } from '@pullwright/postgres'
import pg from 'pg'

/** A backend with a table of its own, and Pullwright in the same database. */
export interface Host {
  pool: pg.Pool
  pullwright: Pullwright
  /** What the handler was told of: revisions. */
  handled: number[]
  close(): Promise<void>
}

export async function openHost(url: string, schema: string): Promise<Host> {
  const pool = new pg.Pool({ connectionString: url })
  const handled: number[] = []
  const log: Plugin = {
    name: 'log',
    apiVersion: 1,
    handlers: {
      note: {
        on: ['environment.deployed'],
        run({ event }) {
          handled.push((event.data as { revision: number }).revision)
          return undefined
        },
      },
    },
  }
  const pullwright = createPullwright({ store: postgres({ pool }, { schema }), plugins: [log] })
  await pullwright.migrate()
  await pool.query(`create table if not exists ${schema}.deployments (revision integer primary key, config text)`)
  return {
    pool,
    pullwright,
    handled,
    async close() {
      await pullwright.stop()
      await pool.end()
    },
  }
}

/** The row and the event, in one transaction: both are there after its commit, or neither. `before` runs just before. */
export async function deploy(
  { pool, pullwright }: Host,
  schema: string,
  revision: number,
  before: () => void = () => {},
): Promise<EmitResult> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`insert into ${schema}.deployments values ($1, $2) on conflict do nothing`, [revision, '{}'])
    const result = await pullwright.emitter.emit('environment.deployed', deployment(revision), {
      idempotencyKey: `deployment-${revision}`,
      transaction: client,
    })
    before()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

export function deployment(revision: number) {
  return {
    ...{ app_name: 'support-bot', variant_name: 'concise', environment: 'production' },
    ...{ revision, deployed_by: 'jane@example.com', config: { temperature: revision / 10 } },
  }
}
