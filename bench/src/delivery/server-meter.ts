import type pg from 'pg'
import { countingPool, cpuOf, serverCpu } from './postgres-server.ts'

/** Reads what the servers of a contender have worked so far, in milliseconds. */
export interface ServerMeter {
  read(): Promise<number | null>
  close(): Promise<void>
}

const WITHOUT_SERVER = new Set(['bare', 'memory', 'sqlite'])

/** PostgreSQL's backends of the benchmark's database; and a server of the contender's own. */
export async function serverMeter(contender: string, own: number | undefined): Promise<ServerMeter> {
  if (WITHOUT_SERVER.has(contender)) return { read: async () => 0, close: async () => {} }
  const pool: pg.Pool = countingPool(1).pool
  return {
    async read() {
      const postgres = await serverCpu(pool)
      return postgres === null ? null : postgres + (own === undefined ? 0 : cpuOf(own))
    },
    close: () => pool.end(),
  }
}
