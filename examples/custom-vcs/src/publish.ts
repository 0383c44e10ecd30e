import {
  type CallOptions,
  isVcsError,
  type PublishResult,
  type PublishSteps,
  type PullRequestSpec,
  VcsError,
} from '@pullwright/core'
import {
  type Attempt,
  askedSteps,
  bodyOf,
  distinctNames,
  type ForeignCommit,
  type Job,
  type JobFile,
  type KnownPullRequest,
  type PublishState,
  parentNames,
  publish,
  readMarker,
  toJob,
} from '@pullwright/core/vcs'
import { type Entry, filesOf, PULL_REQUESTS, readEntries, toPullRequest } from './entry.ts'
import { filesAt, type Mirror, type Move, type Person } from './mirror.ts'
import { RULES } from './rules.ts'

export interface Place {
  mirror: Mirror
  remote: string
  author: Person
  now(): number
}

type Known = KnownPullRequest & { entry: Entry }
interface State extends PublishState<Known> {
  /** Where the branch of the pull requests stands. */
  at: string | null
  entries: Entry[]
  lost: Entry[]
}

/** One fetch and one push: branch, commit and pull request arrive together, or not at all. */
export async function publishPullRequest(
  place: Place,
  spec: PullRequestSpec,
  options: CallOptions,
): Promise<PublishResult> {
  return publish<Job, Known, Known, State>(toJob(spec, RULES), {
    forge: 'Git',
    read: (job) => readState(place, job, options),
    readCommits: async (job, state) => {
      const foreign = state.head === null ? [] : await foreignCommits(place, state.base.oid, state.head.oid)
      const range = `${state.base.oid}..refs/heads/${job.spec.branch}`
      return { oids: lines(await place.mirror.git(['rev-list', range])), foreign }
    },
    async readTouches(job, state, foreign) {
      for (const { path } of job.files) {
        const range = `${state.base.oid}..${state.head?.oid}`
        const oids = lines(await place.mirror.git(['rev-list', range, '--', path]))
        const culprit = foreign.find(({ oid }) => oids.includes(oid))
        if (culprit !== undefined) return { path, author: culprit.author }
      }
      return null
    },
    create: (job, state, { from, changes }) =>
      write(place, job, state, { from: from.oid, changes, entry: null }, options),
    update: (job, state, { from, changes, pullRequest: { entry } }) => {
      return write(place, job, state, { from: from.oid, changes, entry }, options)
    },
    // Labels come with the pull request, so there is never anything left to decorate.
    decorate: (job, state, { pullRequest: { entry, head } }) => {
      return write(place, job, state, { from: head, changes: [], entry }, options)
    },
    view: ({ spec }, _state, { entry }) => toPullRequest(spec.repository, place.remote, entry),
  })
}

async function readState({ mirror, author }: Place, job: Job, options: CallOptions): Promise<State> {
  const { base, branch, repository } = job.spec
  await mirror.fetch(options)
  const paths = job.files.map(({ path }) => path)
  const baseOid = await mirror.resolve(`refs/heads/${base}`)
  if (baseOid === null) throw new VcsError('not-found', `There is no branch ${base} in ${repository}. Push it first.`)
  const headOid = await mirror.resolve(`refs/heads/${branch}`)
  const { at, entries, lost } = await readEntries(mirror)
  const known: Known[] = entries.map((entry) => ({ ...entry, ours: entry.author === author.name, entry }))
  return {
    at,
    entries,
    lost,
    base: { oid: baseOid, files: await filesAt(mirror, baseOid, paths) },
    head: headOid === null ? null : { oid: headOid, files: await filesAt(mirror, headOid, paths) },
    open: known.filter(({ entry }) => entry.state === 'open' && entry.branch === branch),
    merged: known.filter(({ entry }) => entry.state === 'merged' && entry.branch === branch && entry.base === base),
    relocated: known
      .filter(({ entry, ours, body }) => ours && entry.state === 'open' && readMarker(body)?.branch === job.requested)
      .map(({ entry }) => ({ branch: entry.branch, number: entry.number })),
    clash: await clashOf(mirror, branch),
  }
}

async function clashOf(mirror: Mirror, branch: string): Promise<string | null> {
  for (const parent of parentNames(branch)) if ((await mirror.resolve(`refs/heads/${parent}`)) !== null) return parent
  const below = await mirror.git(['for-each-ref', '--count=1', '--format=%(refname:short)', `refs/heads/${branch}/`])
  return below === '' ? null : below
}

/** Ours carry our address: give the adapter one that nobody else commits with. */
async function foreignCommits({ mirror, author }: Place, base: string, head: string): Promise<ForeignCommit[]> {
  const log = lines(await mirror.git(['log', '--format=%H%x09%ae%x09%an', `${base}..${head}`]))
  return log.flatMap((line) => {
    const [oid = '', email, name = ''] = line.split('\t')
    return email === author.email ? [] : [{ oid, author: name }]
  })
}

interface Work {
  from: string
  changes: JobFile[]
  entry: Entry | null
}

async function write(place: Place, job: Job, state: State, work: Work, options: CallOptions): Promise<Attempt> {
  const { mirror, remote } = place
  const { spec } = job
  const { branch } = spec
  const commit =
    work.changes.length === 0 ? work.from : await mirror.commit(work.from, work.changes, spec.commitMessage)
  const entry = entryOf(place, job, state, work, commit)
  const kept = await mirror.commit(
    state.at,
    [...state.lost, entry].flatMap(filesOf),
    `#${entry.number}: ${entry.title}`,
  )
  const moves: Move[] = [{ branch: PULL_REQUESTS, from: state.at, to: kept }]
  const there = state.head?.oid ?? null
  if (commit !== there) moves.push({ branch, from: there, to: commit })
  try {
    await mirror.push(moves, options)
  } catch (error) {
    if (isVcsError(error) && error.code === 'conflict') return { kind: 'again', reason: error.message }
    throw error
  }
  const applied = { status: 'applied' } as const
  const already = { status: 'already' } as const
  const steps: PublishSteps = {
    branch: there === null ? applied : already,
    commit: work.changes.length > 0 ? applied : already,
    pullRequest: applied,
    ...askedSteps(spec, { status: 'unsupported', error: 'A git remote has no such thing.' }),
    ...(spec.labels?.length ? { labels: applied } : {}),
  }
  const pullRequest = toPullRequest(spec.repository, remote, entry)
  return { kind: 'done', result: { outcome: work.entry === null ? 'created' : 'updated', pullRequest, commit, steps } }
}

function entryOf({ author }: Place, job: Job, { entries }: State, { entry }: Work, head: string): Entry {
  const { title, base, branch, draft = false, labels } = job.spec
  const last = entries.at(-1)?.number ?? 0
  const before = entry ?? { number: last + 1, state: 'open', draft, labels: [], author: author.name, comments: [] }
  const all = distinctNames([...before.labels, ...(labels ?? [])], (name) => (name === '' ? 'is empty' : null))
  return {
    mergeCommit: null,
    mergedAt: null,
    ...before,
    base,
    branch,
    head,
    title,
    body: bodyOf(job),
    labels: all.names,
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
