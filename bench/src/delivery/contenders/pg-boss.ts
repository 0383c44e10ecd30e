import { PgBoss } from 'pg-boss'
import type { OpenContender } from '../contender.ts'
import { AUDIT_TABLE, type AuditRows, createPeerDelivery } from '../peer-delivery.ts'
import { countingPool } from '../postgres-server.ts'

const QUEUE = 'deliveries'

/** Settings: `batch`, jobs fetched and completed together; `workers`, which do so side by side. */
export const pgBoss =
  (rows: AuditRows): OpenContender =>
  async ({ setting: { batch = 100, workers = 2 }, sinkUrl, data }) => {
    const { pool, count } = countingPool(12)
    await pool.query(AUDIT_TABLE)
    const boss = new PgBoss({
      db: { executeSql: (text, values) => pool.query(text, values) },
      schedule: false,
    })
    boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`))
    await boss.start()
    await boss.createQueue(QUEUE, { retryLimit: 3 })
    const delivery = createPeerDelivery(pool, sinkUrl, rows)
    let done = 0

    return {
      record: (index) => boss.send(QUEUE, data(index)),
      async recordMany(from, total) {
        const jobs = Array.from({ length: total }, (_, n) => ({ data: data(from + n) }))
        for (let at = 0; at < jobs.length; at += 500) await boss.insert(QUEUE, jobs.slice(at, at + 500))
      },
      async start() {
        const options = {
          batchSize: batch,
          localConcurrency: workers,
          pollingIntervalSeconds: 0.5,
          burstWhenBatchFull: true,
        }
        await boss.work<Record<string, unknown>>(QUEUE, options, async (jobs) => {
          await Promise.all(jobs.map((job) => delivery.deliver(job.id, job.data)))
          done += jobs.length
        })
      },
      done: () => done,
      statements: count,
      async stop() {
        await boss.stop({ graceful: true })
        await delivery.close()
        await pool.end()
      },
    }
  }
