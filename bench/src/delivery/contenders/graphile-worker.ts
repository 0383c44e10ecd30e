import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker'
import type { OpenContender } from '../contender.ts'
import { AUDIT_TABLE, type AuditRows, createPeerDelivery } from '../peer-delivery.ts'
import { countingPool } from '../postgres-server.ts'

/** Settings: `concurrency`, jobs at once; `queue`, how many are fetched together. Completions go in batches. */
export const graphileWorker =
  (rows: AuditRows): OpenContender =>
  async ({ setting: { concurrency = 64, queue = 100 }, sinkUrl, data }) => {
    const { pool, count } = countingPool(12)
    await pool.query(AUDIT_TABLE)
    const logger = new Logger(() => () => {})
    const utils = await makeWorkerUtils({ pgPool: pool, logger })
    await utils.migrate()
    const delivery = createPeerDelivery(pool, sinkUrl, rows)
    let done = 0
    let runner: Runner | null = null

    return {
      record: (index) => utils.addJob('deliver', data(index)),
      async recordMany(from, total) {
        const jobs = Array.from({ length: total }, (_, n) => ({ identifier: 'deliver', payload: data(from + n) }))
        for (let at = 0; at < jobs.length; at += 500) await utils.addJobs(jobs.slice(at, at + 500))
      },
      async start() {
        runner = await run({
          pgPool: pool,
          logger,
          noHandleSignals: true,
          preset: {
            worker: {
              concurrentJobs: concurrency,
              pollInterval: 1000,
              localQueue: { size: queue },
              completeJobBatchDelay: 0,
              failJobBatchDelay: 0,
            },
          },
          taskList: { deliver: (payload, { job }) => delivery.deliver(`job-${job.id}`, payload) },
        })
        runner.events.on('job:complete', () => done++)
      },
      done: () => done,
      statements: count,
      async stop() {
        await runner?.stop()
        await utils.release()
        await delivery.close()
        await pool.end()
      },
    }
  }
