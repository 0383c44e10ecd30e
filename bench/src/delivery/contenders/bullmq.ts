import { Queue, Worker } from 'bullmq'
import type { OpenContender } from '../contender.ts'
import { AUDIT_TABLE, type AuditRows, createPeerDelivery } from '../peer-delivery.ts'
import { countingPool } from '../postgres-server.ts'
import { startRedis } from '../redis-server.ts'

const NAME = 'pullwright-bench'

/** Setting: `concurrency`. Jobs that are done are deleted: the audit row is what is kept. */
const bullmqOn =
  (fsync: 'everysec' | 'always', rows: AuditRows): OpenContender =>
  async ({ setting: { concurrency = 64 }, sinkUrl, data }) => {
    const redis = await startRedis(fsync)
    const connection = { host: '127.0.0.1', port: redis.port }
    const { pool, count } = countingPool(10)
    await pool.query(AUDIT_TABLE)
    const queue = new Queue(NAME, { connection, defaultJobOptions: { removeOnComplete: true, attempts: 3 } })
    const delivery = createPeerDelivery(pool, sinkUrl, rows)
    let done = 0
    let worker: Worker | null = null

    return {
      record: (index) => queue.add('deliver', data(index)),
      async recordMany(from, total) {
        const jobs = Array.from({ length: total }, (_, n) => ({ name: 'deliver', data: data(from + n) }))
        for (let at = 0; at < jobs.length; at += 500) await queue.addBulk(jobs.slice(at, at + 500))
      },
      async start() {
        worker = new Worker(NAME, (job) => delivery.deliver(`job-${job.id}`, job.data), { connection, concurrency })
        worker.on('completed', () => done++)
        worker.on('error', (error) => process.stderr.write(`bullmq: ${error.message}\n`))
        await worker.waitUntilReady()
      },
      done: () => done,
      statements: count,
      server: redis.pid,
      async stop() {
        await worker?.close()
        await queue.close()
        await delivery.close()
        await pool.end()
        await redis.close()
      },
    }
  }

export const bullmq = (rows: AuditRows) => bullmqOn('everysec', rows)
/** As durable as PostgreSQL's commit. */
export const bullmqAlways = (rows: AuditRows) => bullmqOn('always', rows)
