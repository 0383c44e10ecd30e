import { demand, type Session } from '../model/access.ts'
import type { PullRequest, Repository } from '../model/entities.ts'
import { invalid } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'
import { ownersToAsk } from './code-owners.ts'
import { checkNewPullRequest, checkText } from './pull-request-problems.ts'

export interface NewPullRequest {
  base: string
  /** A branch, or `owner:branch` with the repository's own owner: forks are not modelled. */
  head: string
  title: string
  body: string | null
  draft: boolean
  maintainerCanModify: boolean
  fork?: string | undefined
}

export async function createPullRequest(
  world: World,
  session: Session,
  repository: Repository,
  input: NewPullRequest,
): Promise<PullRequest> {
  demand(session, repository, { permissions: ['pull_requests'], level: 'write', action: 'CreatePullRequest' })
  return repository.lock(async () => {
    const head = ownBranch(repository, input.head)
    const { headOid, baseOid } = await checkNewPullRequest(repository, input, head)
    const pullRequest = register<PullRequest>(world, {
      ...blank(world.now()),
      repository,
      number: repository.nextNumber++,
      title: input.title,
      body: input.body ?? '',
      draft: input.draft,
      baseRefName: input.base,
      headRefName: head,
      fork: input.fork ?? null,
      baseOid,
      headOid,
      author: session.account ?? repository.owner,
      maintainerCanModify: input.maintainerCanModify,
      unknownReads: world.unknownReads,
    })
    pullRequest.reviewRequests = await ownersToAsk(world, pullRequest, baseOid, headOid)
    repository.pullRequests.push(pullRequest)
    return pullRequest
  })
}

export interface PullRequestEdit {
  title?: string | null | undefined
  body?: string | null | undefined
  base?: string | null | undefined
  state?: 'OPEN' | 'CLOSED' | null | undefined
  maintainerCanModify?: boolean | null | undefined
}

export async function editPullRequest(world: World, session: Session, pullRequest: PullRequest, edit: PullRequestEdit) {
  demand(session, pullRequest.repository, {
    permissions: ['pull_requests'],
    level: 'write',
    action: 'UpdatePullRequest',
  })
  return pullRequest.repository.lock(async () => {
    checkText(edit.title ?? pullRequest.title, edit.body ?? pullRequest.body)
    if (edit.base !== undefined && edit.base !== null) await changeBase(pullRequest, edit.base)
    if (edit.state === 'CLOSED') close(world, pullRequest)
    if (edit.state === 'OPEN') await reopen(pullRequest)
    pullRequest.title = edit.title ?? pullRequest.title
    pullRequest.body = edit.body ?? pullRequest.body
    pullRequest.maintainerCanModify = edit.maintainerCanModify ?? pullRequest.maintainerCanModify
    pullRequest.updatedAt = world.now()
    return pullRequest
  })
}

export async function setDraft(world: World, session: Session, pullRequest: PullRequest, draft: boolean) {
  const action = draft ? 'ConvertPullRequestToDraft' : 'MarkPullRequestReadyForReview'
  demand(session, pullRequest.repository, { permissions: ['pull_requests'], level: 'write', action })
  pullRequest.draft = draft
  if (draft) pullRequest.autoMerge = null
  pullRequest.updatedAt = world.now()
  return pullRequest
}

/** Where the head stands now; for one that is no longer open, where it stood. */
export async function headOf(pullRequest: PullRequest): Promise<string> {
  if (pullRequest.state !== 'OPEN') return pullRequest.headOid
  return (await pullRequest.repository.git.resolve(`refs/heads/${pullRequest.headRefName}`)) ?? pullRequest.headOid
}

export async function baseOf(pullRequest: PullRequest): Promise<string> {
  if (pullRequest.state !== 'OPEN') return pullRequest.baseOid
  return (await pullRequest.repository.git.resolve(`refs/heads/${pullRequest.baseRefName}`)) ?? pullRequest.baseOid
}

function blank(now: number) {
  return {
    kind: 'PullRequest' as const,
    state: 'OPEN' as const,
    labels: [],
    labeled: [],
    assignees: [],
    reviewRequests: [],
    reviews: [],
    comments: [],
    autoMerge: null,
    mergeCommitOid: null,
    mergedBy: null,
    mergedAt: null,
    closedAt: null,
    createdAt: now,
    updatedAt: now,
  }
}

function ownBranch(repository: Repository, head: string): string {
  const colon = head.indexOf(':')
  if (colon < 0) return head
  return head.slice(0, colon).toLowerCase() === repository.owner.login.toLowerCase() ? head.slice(colon + 1) : head
}

async function changeBase(pullRequest: PullRequest, base: string): Promise<void> {
  const oid = await pullRequest.repository.git.resolve(`refs/heads/${base}`)
  if (oid === null) {
    throw invalid(`Proposed base branch '${base}' was not found`, [
      { resource: 'PullRequest', code: 'invalid', field: 'base' },
    ])
  }
  pullRequest.baseRefName = base
  pullRequest.baseOid = oid
  pullRequest.autoMerge = null
}

function close(world: World, pullRequest: PullRequest): void {
  if (pullRequest.state !== 'OPEN') return
  pullRequest.state = 'CLOSED'
  pullRequest.closedAt = world.now()
  pullRequest.autoMerge = null
}

async function reopen(pullRequest: PullRequest): Promise<void> {
  if (pullRequest.state === 'OPEN') return
  const head = await pullRequest.repository.git.resolve(`refs/heads/${pullRequest.headRefName}`)
  if (pullRequest.state === 'MERGED' || head === null) {
    const message = 'Could not open the pull request.'
    throw invalid(message, [
      {
        resource: 'PullRequest',
        code: 'custom',
        field: 'state',
        message: `state cannot be changed. The ${pullRequest.headRefName} branch has been deleted.`,
      },
    ])
  }
  pullRequest.state = 'OPEN'
  pullRequest.closedAt = null
  pullRequest.headOid = head
}
