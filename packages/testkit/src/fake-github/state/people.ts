import { ZERO_OID } from '../../git/bare-repository.ts'
import type { Session } from '../model/access.ts'
import type { Issue, MergeMethodName, PullRequest, Repository, Review } from '../model/entities.ts'
import type { World } from '../model/world.ts'
import { addComment } from '../operations/comments.ts'
import { personOf } from '../operations/commit-on-branch.ts'
import { followRefs } from '../operations/follow-refs.ts'
import { createIssue } from '../operations/issues.ts'
import { mergePullRequest, runAutoMerges } from '../operations/merging.ts'
import { createPullRequest, headOf } from '../operations/pull-requests.ts'
import { addReview } from '../operations/reviews.ts'
import { createStatus } from '../operations/statuses.ts'
import { ensureAccount } from './setup.ts'

export interface HumanCommit {
  repository: string
  branch: string
  /** Path to text; null deletes. */
  files: Record<string, string | Uint8Array | null>
  /** Default `Edit by hand`. */
  message?: string
  /** Login. Default `octocat`. */
  author?: string
  /** Branch or commit that a new branch starts from. Default: the default branch. */
  from?: string
}

export interface NewPullRequestByHand {
  /** Branch. */
  head: string
  /** Default: the default branch. */
  base?: string
  /** Default: the branch's name. */
  title?: string
  body?: string
  draft?: boolean
  /** Login. Default `octocat`. */
  by?: string
  /** `owner/name` of a fork that it is told to come from; the branch must be in the repository itself. */
  fork?: string
}

export interface HandStatus {
  sha: string
  context: string
  state: 'pending' | 'success' | 'failure' | 'error'
  description?: string
}

/** Somebody who may do anything here, without a token: what people do in the browser. */
function personSession(world: World, repository: Repository, login: string): Session {
  const account = ensureAccount(world, login, 'User')
  if (!repository.collaborators.has(login.toLowerCase())) repository.collaborators.set(login.toLowerCase(), 'admin')
  const token = {
    value: '',
    kind: 'classic' as const,
    account,
    permissions: {},
    repositories: 'all' as const,
    expiresAt: null,
    revoked: false,
  }
  return { token, account }
}

/** As `git push` would: protection does not stand in the way, pull requests follow. Answers the commit. */
export async function commitByHand(world: World, repository: Repository, commit: HumanCommit): Promise<string> {
  const ref = `refs/heads/${commit.branch}`
  return repository.lock(async () => {
    const there = await repository.git.resolve(ref)
    const start = there ?? (await repository.git.resolve(commit.from ?? repository.defaultBranch))
    if (there === null && start !== null)
      await repository.git.updateRefs([{ name: ref, after: start, before: ZERO_OID }])
    const who = personOf(ensureAccount(world, commit.author ?? 'octocat', 'User'), world.now())
    const entries = Object.entries(commit.files)
    const oid = await repository.git.commitTo(ref, {
      parent: start,
      message: commit.message ?? 'Edit by hand',
      author: who,
      committer: who,
      additions: entries.flatMap(([path, contents]) => (contents === null ? [] : [{ path, contents }])),
      deletions: entries.flatMap(([path, contents]) => (contents === null ? [path] : [])),
    })
    if (oid === null) throw new Error(`${commit.branch} moved while the fake committed to it.`)
    await followRefs(world, repository, [ref])
    return oid
  })
}

/** Points a branch somewhere, whatever it held; `null` deletes it. */
export async function moveBranch(
  world: World,
  repository: Repository,
  branch: string,
  to: string | null,
): Promise<void> {
  const name = `refs/heads/${branch}`
  await repository.lock(async () => {
    const after = to === null ? ZERO_OID : await repository.git.resolve(to)
    if (after === null) throw new Error(`There is no commit ${to}.`)
    const refused = await repository.git.updateRefs([{ name, after }])
    if (refused !== null) throw new Error(refused)
    await followRefs(world, repository, [name])
  })
}

export function openByHand(world: World, repository: Repository, input: NewPullRequestByHand): Promise<PullRequest> {
  return createPullRequest(world, personSession(world, repository, input.by ?? 'octocat'), repository, {
    head: input.head,
    base: input.base ?? repository.defaultBranch,
    title: input.title ?? input.head,
    body: input.body ?? '',
    draft: input.draft ?? false,
    maintainerCanModify: true,
    fork: input.fork,
  })
}

export function mergeByHand(world: World, pullRequest: PullRequest, by = 'octocat', method: MergeMethodName = 'MERGE') {
  return mergePullRequest(world, personSession(world, pullRequest.repository, by), pullRequest, { method })
}

export async function reviewByHand(
  world: World,
  pullRequest: PullRequest,
  by: string,
  state: Review['state'],
  body = '',
) {
  personSession(world, pullRequest.repository, by)
  const head = await headOf(pullRequest)
  addReview(world, pullRequest, ensureAccount(world, by, 'User'), state, body, head)
  await runAutoMerges(world, pullRequest.repository)
}

export function commentByHand(world: World, pullRequest: PullRequest, by: string, body: string): number {
  return addComment(world, personSession(world, pullRequest.repository, by), pullRequest, body).databaseId
}

export function issueByHand(
  world: World,
  repository: Repository,
  { title, body = '', by = 'octocat' }: { title: string; body?: string; by?: string },
): Issue {
  return createIssue(world, personSession(world, repository, by), repository, { title, body, labels: [] })
}

export async function statusByHand(world: World, repository: Repository, status: HandStatus): Promise<void> {
  await createStatus(world, personSession(world, repository, 'ci'), repository, status.sha, {
    state: status.state,
    context: status.context,
    description: status.description ?? null,
    targetUrl: null,
  })
}
