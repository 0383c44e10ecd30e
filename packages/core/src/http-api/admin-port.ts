import type { ScheduledWork } from '../engine/schedules.ts'
import type { Logger } from '../ports/logger.ts'
import type { Policy } from '../ports/policy.ts'
import type { InboundSource } from '../ports/source.ts'
import type { Store } from '../ports/store.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { recoverInBatches } from '../webhooks/recover.ts'
import { createAnswers } from './answers-store.ts'
import type { AdminPort } from './http-port.ts'
import { createJobs } from './jobs.ts'

export interface AdminPortParts {
  store: Store
  box: SecretBox | undefined
  now: () => number
  log: Logger
  sources: ReadonlyMap<string, InboundSource>
  policies: readonly Policy[]
  /** The store is ready after it. */
  open: () => Promise<void>
  /** An endpoint that fails is tried at once, and something became due. */
  hurry: (endpointId: string) => Promise<unknown>
  nudge: () => void
}

/** What the admin API needs beside what a tenant has: jobs, and the answers it has given. */
export interface AdminWork extends Omit<AdminPort, 'as'> {
  /** By name. */
  schedules: [name: string, ScheduledWork][]
}

const JOBS_EVERY_MS = 30_000
const SWEEP_EVERY_MS = 3_600_000
const DEFAULT_MAX_BODY_BYTES = 25 * 1024 * 1024

export function createAdminWork(parts: AdminPortParts): AdminWork {
  const { store, box, now, log } = parts
  const { documents } = opened(store, parts.open)
  const jobs = createJobs({ documents, now, log, recover })
  const answers = createAnswers({ documents, box, now })
  return {
    jobs,
    answers,
    sources: [...parts.sources.values()].map(({ name, maxBodyBytes = DEFAULT_MAX_BODY_BYTES }) => ({
      name,
      maxBodyBytes,
    })),
    policies: parts.policies.map(({ name, title = name }) => ({ name, title })),
    schedules: [
      ['pullwright/jobs', { everyMs: JOBS_EVERY_MS, run: () => jobs.runDue() }],
      ['pullwright/answers', { everyMs: SWEEP_EVERY_MS, run: () => answers.sweep() }],
    ],
  }

  async function* recover(...[range, from]: Parameters<Parameters<typeof createJobs>[0]['recover']>) {
    await parts.hurry(range.endpointId)
    for await (const batch of recoverInBatches(range, { store, now }, from)) {
      parts.nudge()
      yield batch
    }
  }
}

/** The first request may come before anything was started. */
function opened({ documents }: Store, open: () => Promise<void>): Pick<Store, 'documents'> {
  return {
    documents: {
      get: (...args) => open().then(() => documents.get(...args)),
      put: (...args) => open().then(() => documents.put(...args)),
      list: (...args) => open().then(() => documents.list(...args)),
    },
  }
}
