import { execFileSync } from 'node:child_process'
import type pg from 'pg'
import { countingPool, cpuOf, serverCpu } from './postgres-server.ts'

/** Reads what the servers of a contender have worked so far, in milliseconds. */
export interface ServerMeter {
  read(): Promise<number | null>
  close(): Promise<void>
}

const WITHOUT_SERVER = new Set(['bare', 'memory', 'sqlite'])

/** PostgreSQL's backends of the benchmark's database; for BullMQ Redis as well, which nobody else should be using. */
export async function serverMeter(contender: string): Promise<ServerMeter> {
  if (WITHOUT_SERVER.has(contender)) return { read: async () => 0, close: async () => {} }
  const pool: pg.Pool = countingPool(1).pool
  const redis = contender === 'bullmq' ? redisPid() : null
  return {
    async read() {
      const postgres = await serverCpu(pool)
      return postgres === null ? null : postgres + (redis === null ? 0 : cpuOf(redis))
    },
    close: () => pool.end(),
  }
}

function redisPid(): number | null {
  try {
    return Number(execFileSync('pgrep', ['-o', '-x', 'redis-server'], { encoding: 'utf8' }))
  } catch {
    return null
  }
}
