import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openPostgres } from '../../../packages/postgres/test/postgres-server.ts'
import { deploy, type Host, openHost } from './host.ts'

const SCHEMA = 'pullwright_outbox_example'

export async function showPostgres(say: (line: string) => void): Promise<void> {
  const server = await openPostgres(process.env.DATABASE_URL)
  try {
    await clear(server.url)
    const host = await openHost(server.url, SCHEMA)
    try {
      await rollBack(host, say)
      await commit(host, say)
      await repeat(host, say)
      await die(server.url, host, say)
    } finally {
      await host.close()
    }
    await clear(server.url)
  } finally {
    await server.stop()
  }
}

async function rollBack(host: Host, say: (line: string) => void): Promise<void> {
  const refuse = () => {
    throw new Error('The host changed its mind')
  }
  await deploy(host, SCHEMA, 1, refuse).catch(() => {})
  await host.pullwright.drain()
  say(`rolled back: ${await rows(host)} rows, ${(await host.pullwright.events.list()).length} events`)
}

async function commit(host: Host, say: (line: string) => void): Promise<void> {
  const { status } = await deploy(host, SCHEMA, 2)
  await host.pullwright.start()
  // The commit was ours, so nobody has told the worker: this does, at once.
  host.pullwright.nudge()
  await until(() => host.handled.includes(2))
  say(`committed: ${await rows(host)} row, the event ${status} and handled`)
}

async function repeat(host: Host, say: (line: string) => void): Promise<void> {
  const { status } = await deploy(host, SCHEMA, 2)
  say(`emitted again: ${status}, and the transaction was committed all the same`)
}

async function die(url: string, host: Host, say: (line: string) => void): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const script = fileURLToPath(new URL(`./killed.main.${extension}`, import.meta.url))
  const child = fork(script, [url, SCHEMA, '3'], { execArgv: process.execArgv })
  const [, signal] = await once(child, 'exit')
  await until(() => host.handled.includes(3))
  say(`killed right after COMMIT (${signal}): ${await rows(host)} rows, and another process handled the event`)
}

async function rows({ pool }: Host): Promise<number> {
  return Number((await pool.query(`select count(*) as n from ${SCHEMA}.deployments`)).rows[0].n)
}

async function clear(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(`drop schema if exists ${SCHEMA} cascade`)
  await client.end()
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 1_500) throw new Error('It was not handled in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
