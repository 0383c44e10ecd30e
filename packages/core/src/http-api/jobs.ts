import { newId } from '../engine/ids.ts'
import { isPullwrightError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import type { DocumentRow, DocumentStore } from '../ports/store.ts'
import type { RecoveredBatch, RecoverRange } from '../webhooks/recover.ts'

/** Long work that was asked for over HTTP. Its progress is kept, so it goes on after a restart. */
export interface Job {
  id: string
  project: string
  kind: 'recover'
  status: 'pending' | 'running' | 'done' | 'failed'
  request: Required<RecoverRange>
  done: number
  /** Null before they are counted. */
  total: number | null
  recovered: number
  error: string | null
  createdAt: number
  updatedAt: number
}

export interface Jobs {
  /** Writes the job down and begins with it. Its end is not waited for. */
  create(request: Required<RecoverRange>): Promise<Job>
  /** Null where this project has no such job. */
  get(id: string, project: string): Promise<Job | null>
  /** Goes on with what nobody works on, such as after a restart, until all is done. Deletes what ended a week ago. */
  runDue(): Promise<void>
  /** Lets go after the batch under way; another process, or the next one, goes on. */
  stop(): Promise<void>
}

export interface JobsParts {
  documents: DocumentStore
  recover: (range: RecoverRange, from: number) => AsyncIterable<RecoveredBatch>
  now: () => number
  log: Logger
}

interface StoredJob extends Omit<Job, 'updatedAt'> {
  /** The sequence up to which all is done. */
  upTo: number
  /** Of those who work on it; 0 while nobody does. */
  leaseUntil: number
  /** Before this run. */
  doneBefore: number
}

const PROJECT = '*'
const COLLECTION = 'http:jobs'
/** Renewed with every batch, which takes far less. */
const LEASE_MS = 60_000
const KEEP_MS = 7 * 24 * 3_600_000
const PAGE = 500

export function createJobs({ documents, recover, now, log }: JobsParts): Jobs {
  const running = new Set<Promise<void>>()
  let stopped = false

  return {
    async create(request) {
      const at = now()
      const job: StoredJob = {
        ...{ id: newId('job', at), project: request.project, kind: 'recover', status: 'pending', request },
        ...{ done: 0, total: null, recovered: 0, error: null, createdAt: at, upTo: 0, leaseUntil: 0, doneBefore: 0 },
      }
      await put(job, 0)
      void begin(job.id)
      return shown(job, at)
    },

    async get(id, project) {
      const row = await documents.get(PROJECT, COLLECTION, id)
      const job = row === null ? null : storedIn(row)
      return row === null || job?.project !== project ? null : shown(job, row.updatedAt)
    },

    async runDue() {
      if (stopped) return
      let after: string | undefined
      for (;;) {
        const rows = await documents.list(PROJECT, COLLECTION, {
          limit: PAGE,
          ...(after === undefined ? {} : { after }),
        })
        for (const row of rows) {
          if (!isEnded(storedIn(row))) await begin(row.key)
          else if (now() - row.updatedAt > KEEP_MS) await remove(row)
        }
        after = rows.at(-1)?.key
        if (rows.length < PAGE) break
      }
      await Promise.all(running)
    },

    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }

  /** Never rejects. */
  function begin(id: string): Promise<void> {
    const run = work(id)
      .catch((error: unknown) =>
        log.error({ job: id, error: messageOf(error) }, 'A job was interrupted; it is resumed'),
      )
      .finally(() => running.delete(run))
    running.add(run)
    return run
  }

  async function work(id: string): Promise<void> {
    const row = await documents.get(PROJECT, COLLECTION, id)
    const found = row === null ? null : storedIn(row)
    if (stopped || row === null || found === null || isEnded(found) || found.leaseUntil > now()) return
    let version = row.version
    let job: StoredJob = { ...found, status: 'running', doneBefore: found.done }
    const save = async (change: Partial<StoredJob>): Promise<boolean> => {
      job = { ...job, leaseUntil: now() + LEASE_MS, ...change }
      const mine = await put(job, version)
      version += 1
      return mine
    }
    if (!(await save({}))) return
    try {
      for await (const batch of recover(job.request, job.upTo)) {
        if (!(await save(afterBatch(job, batch)))) return
        if (stopped) return void (await save({ status: 'pending', leaseUntil: 0 }))
      }
      await save({ status: 'done', total: job.total ?? 0, leaseUntil: 0 })
    } catch (error) {
      if (!isPullwrightError(error) || error.code === 'store') throw error
      await save({ status: 'failed', error: error.message, leaseUntil: 0 })
    }
  }

  function put(job: StoredJob, expectedVersion: number): Promise<boolean> {
    const value = { ...job, request: { ...job.request, statuses: [...job.request.statuses] } }
    return documents.put({ project: PROJECT, collection: COLLECTION, key: job.id, value, expectedVersion, at: now() })
  }

  async function remove({ key, version }: DocumentRow): Promise<void> {
    const write = { project: PROJECT, collection: COLLECTION, key, value: null, expectedVersion: version, at: now() }
    await documents.put(write)
  }
}

function afterBatch(job: StoredJob, { done, total, recovered, upTo }: RecoveredBatch): Partial<StoredJob> {
  const before = job.doneBefore
  return { done: before + done, total: before + total, recovered: job.recovered + recovered, upTo }
}

function storedIn(row: DocumentRow): StoredJob {
  return row.value as unknown as StoredJob
}

function shown({ upTo: _upTo, leaseUntil: _lease, doneBefore: _before, ...job }: StoredJob, updatedAt: number): Job {
  return { ...job, updatedAt }
}

function isEnded({ status }: StoredJob): boolean {
  return status === 'done' || status === 'failed'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
