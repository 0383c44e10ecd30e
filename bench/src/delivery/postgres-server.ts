import { readFileSync } from 'node:fs'
import pg from 'pg'

const SERVER = process.env.BENCH_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres'
/** One of each run, so that two at once leave each other's alone; the processes of a run inherit its name. */
process.env.BENCH_DATABASE ??= `pullwright_bench_${process.pid}`
const DATABASE = process.env.BENCH_DATABASE

/** A database of its own, so that its backends can be told from all others. */
export function databaseUrl(): string {
  const url = new URL(SERVER)
  url.pathname = `/${DATABASE}`
  return url.href
}

/** Makes the database empty. */
export async function resetDatabase(): Promise<void> {
  await asAdmin(async (client) => {
    await client.query(`drop database if exists ${DATABASE} with (force)`)
    await client.query(`create database ${DATABASE}`)
  })
}

export async function dropDatabase(): Promise<void> {
  await asAdmin((client) => client.query(`drop database if exists ${DATABASE} with (force)`))
}

async function asAdmin(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** A pool that counts what is sent through it. */
export function countingPool(max: number): { pool: pg.Pool; count: () => number } {
  let count = 0
  const pool = new pg.Pool({ connectionString: databaseUrl(), max })
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const counting = (...args: unknown[]) => {
      count++
      return query(...args)
    }
    Object.assign(client, { query: counting })
  })
  return { pool, count: () => count }
}

/** Processor time of the database's backends so far, milliseconds; null where the server is on another machine. */
export async function serverCpu(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query('select pid from pg_stat_activity where datname = current_database()')
  try {
    return rows.reduce((sum: number, { pid }: { pid: number }) => sum + cpuOf(pid), 0)
  } catch {
    return null
  }
}

/** User and system time of a process from /proc/<pid>/stat (proc(5): fields 14 and 15, in ticks of 10 ms). */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
