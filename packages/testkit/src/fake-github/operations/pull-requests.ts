import { demand, type Session } from '../model/access.ts'
import type { PullRequest, Repository } from '../model/entities.ts'
import { invalid, Refusal, type RestProblem } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'

export interface NewPullRequest {
  base: string
  /** A branch, or `owner:branch` with the repository's own owner: forks are not modelled. */
  head: string
  title: string
  body: string | null
  draft: boolean
  maintainerCanModify: boolean
}

/** Longest body of a pull request, an issue or a comment, in characters. */
export const BODY_LIMIT = 65_536
export const TITLE_LIMIT = 256

export async function createPullRequest(
  world: World,
  session: Session,
  repository: Repository,
  input: NewPullRequest,
): Promise<PullRequest> {
  demand(session, repository, { permissions: ['pull_requests'], level: 'write', action: 'CreatePullRequest' })
  return repository.lock(async () => {
    const head = ownBranch(repository, input.head)
    const { headOid, baseOid } = await check(repository, input, head)
    const pullRequest = register<PullRequest>(world, {
      ...blank(world.now()),
      repository,
      number: repository.nextNumber++,
      title: input.title,
      body: input.body ?? '',
      draft: input.draft,
      baseRefName: input.base,
      headRefName: head,
      baseOid,
      headOid,
      author: session.account ?? repository.owner,
      maintainerCanModify: input.maintainerCanModify,
      unknownReads: world.unknownReads,
    })
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
    const problems = textProblems(edit.title ?? pullRequest.title, edit.body ?? pullRequest.body)
    if (problems.length > 0) throw refusal(problems)
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

interface TextProblem {
  message: string
  rest: RestProblem
}

async function check(repository: Repository, input: NewPullRequest, head: string) {
  const [headOid, baseOid] = await Promise.all([
    repository.git.resolve(`refs/heads/${head}`),
    repository.git.resolve(`refs/heads/${input.base}`),
  ])
  const problems = textProblems(input.title, input.body ?? '')
  if (headOid === null || baseOid === null) {
    problems.push(problem("Head sha can't be blank", 'head', 'invalid', headOid === null))
    problems.push(problem("Base sha can't be blank", 'base', 'invalid', baseOid === null))
  }
  const apart = headOid !== null && baseOid !== null && (await repository.git.compare(baseOid, headOid)).ahead > 0
  if (!apart)
    problems.push(
      problem(
        `No commits between ${input.base} and ${head}`,
        undefined,
        'custom',
        baseOid !== null && headOid !== null,
      ),
    )
  if (headOid === null) problems.push(problem('Head ref must be a branch', 'head', 'invalid', false))
  if (baseOid === null) problems.push(problem('Base ref must be a branch', 'base', 'invalid', false))
  const twin = repository.pullRequests.some(
    (other) => other.state === 'OPEN' && other.headRefName === head && other.baseRefName === input.base,
  )
  if (twin)
    problems.push(problem(`A pull request already exists for ${repository.owner.login}:${head}.`, undefined, 'custom'))
  if (problems.length > 0 || headOid === null || baseOid === null) throw refusal(problems, { pullRequest: null })
  return { headOid, baseOid }
}

function textProblems(title: string, body: string): (TextProblem & { inRest: boolean })[] {
  const problems = []
  if (title.trim() === '') problems.push(problem("Title can't be blank", 'title', 'missing_field'))
  if ([...title].length > TITLE_LIMIT) {
    problems.push(problem(`Title is too long (maximum is ${TITLE_LIMIT} characters)`, 'title', 'custom'))
  }
  if (body.length > BODY_LIMIT && [...body].length > BODY_LIMIT) {
    problems.push(problem(`Body is too long (maximum is ${BODY_LIMIT} characters)`, 'body', 'custom'))
  }
  return problems
}

function problem(
  message: string,
  field: string | undefined,
  code: string,
  inRest = true,
): TextProblem & { inRest: boolean } {
  const text = field !== undefined && code === 'custom' ? message.replace(/^[A-Z]/, (c) => c.toLowerCase()) : message
  const rest = {
    resource: 'PullRequest',
    code,
    ...(field === undefined ? {} : { field }),
    ...(code === 'custom' ? { message: text } : {}),
  }
  return { message, rest, inRest }
}

/** GraphQL joins the sentences, REST lists them. */
function refusal(problems: (TextProblem & { inRest: boolean })[], data?: unknown): Refusal {
  return new Refusal('UNPROCESSABLE', problems.map((one) => one.message).join(', '), {
    restMessage: 'Validation Failed',
    restErrors: problems.filter((one) => one.inRest).map((one) => one.rest),
    ...(data === undefined ? {} : { data }),
  })
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
