import { VcsError } from '@pullwright/core'
import {
  type BranchCommits,
  blobId,
  type ForeignCommit,
  type Job,
  readMarker,
  type Tip,
  type Touch,
} from '@pullwright/core/vcs'
import type { CommitBody } from '../bodies.ts'
import { readFile } from '../read-files.ts'
import { repositoryName } from '../repository-name.ts'
import { contextOf, type Session } from './session.ts'
import { isAccount, type State } from './state.ts'

const COMMITS = 'GET /repositories/{workspace}/{repo_slug}/commits'

/** Git's ids of our files at a commit: one request for each, for Bitbucket tells no blob ids. */
export async function readFilesAt(session: Session, job: Job, commit: string): Promise<NonNullable<Tip['files']>> {
  const context = contextOf(session, 'read the files', 'repository')
  const files = new Map<string, string | null>()
  for (const { path } of job.files) {
    const bytes = await readFile(session.client, commit, path, context)
    files.set(path, bytes === null ? null : blobId(bytes))
  }
  return files
}

/** What the branch has and its base has not, and which of it others made. */
export async function readCommits(session: Session, job: Job, { base, head, open }: State): Promise<BranchCommits> {
  if (head === null) return { oids: [], foreign: [] }
  const all = await listCommits(session, head.oid, base.oid)
  const context = contextOf(session, 'tell our commits from those of others', 'account')
  const us = all.length === 0 ? null : ((await session.viewer.find(context)) ?? authorOfOurs(all, open))
  if (all.length > 0 && us === null) {
    const message = `Cannot tell who committed to ${job.spec.branch} in ${session.repository}: the credential may not ask who it is. Give the token the scope account, or delete the branch.`
    throw new VcsError('permission', message, { missing: ['account'] })
  }
  const foreign = all.filter(({ author }) => us === null || !isAccount(author?.user, us)).map(toForeign)
  // Whole, and as Bitbucket shortens them where it speaks of merged pull requests.
  return { oids: all.flatMap(({ hash }) => [hash, hash.slice(0, 12)]), foreign }
}

/** Of each file of ours the commits that changed it: one request for each. */
export async function readTouches(
  session: Session,
  job: Job,
  { base, head }: State,
  foreign: readonly ForeignCommit[],
): Promise<Touch | null> {
  for (const { path } of job.files) {
    const touching = await listCommits(session, head?.oid ?? base.oid, base.oid, path)
    const oids = new Set(touching.map(({ hash }) => hash))
    const culprit = foreign.find(({ oid }) => oids.has(oid))
    if (culprit !== undefined) return { path, author: culprit.author }
  }
  return null
}

function listCommits(session: Session, include: string, exclude: string, path?: string): Promise<CommitBody[]> {
  const within = path === undefined ? {} : { path }
  const parameters = { ...repositoryName(session.repository), include, exclude, pagelen: 100, ...within }
  return session.client.all<CommitBody>(COMMITS, parameters, contextOf(session, 'read the commits', 'repository'))
}

/** Whoever made the commit that our marker names is us. */
function authorOfOurs(all: readonly CommitBody[], open: State['open']): string | null {
  const named = new Set(open.map(({ body }) => readMarker(body)?.commit))
  return all.find(({ hash }) => named.has(hash))?.author?.user?.uuid ?? null
}

function toForeign({ hash, author }: CommitBody): ForeignCommit {
  const raw = author?.raw?.replace(/\s*<[^>]*>$/, '')
  return { oid: hash, author: author?.user?.nickname ?? author?.user?.display_name ?? (raw || 'somebody unknown') }
}
