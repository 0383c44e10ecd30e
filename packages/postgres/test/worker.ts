import type { Store } from '@pullwright/core'
import { postgres } from '../src/index.ts'
import type { WorkerJob } from './processes.ts'
import { claim, finish } from './work.ts'

/** A process of its own: does its job, tells what it did, ends. */
const { url, schema, job } = JSON.parse(process.argv[2] ?? '{}') as WorkerJob
const store = postgres({ connectionString: url }, { schema })

const jobs: Record<WorkerJob['job'], (store: Store) => Promise<string[]>> = {
  async migrate(its) {
    await its.migrate()
    return ['migrated']
  },
  drain: (its) => drain(its, 7),
  'drain-keys': (its) => drain(its, 3),
}

/** Until nothing is left: the ids of what was run here. */
async function drain(its: Store, limit: number): Promise<string[]> {
  const runs: string[] = []
  for (let idle = 0; idle < 20; ) {
    const claimed = await claim(its, { limit })
    const settled = await finish(its, claimed)
    runs.push(...claimed.filter((_, index) => settled[index]?.status === 'settled').map(({ task }) => task.id))
    idle = claimed.length > 0 ? 0 : idle + 1
    if (claimed.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return runs
}

const answer = await jobs[job](store)
await store.close()
process.send?.(answer)
process.disconnect?.()
