import { mayAt, permissionOf } from '../model/access.ts'
import type { Account, PullRequest, Repository } from '../model/entities.ts'
import { badFields, Refusal } from '../model/refusal.ts'
import { findAccount, type World } from '../model/world.ts'
import { withoutHtmlComments } from '../render-html.ts'
import { headOf, tipOf } from './heads.ts'

/** What a body may say of a pull request. */
export interface PullRequestInput {
  title?: unknown
  description?: unknown
  draft?: unknown
  close_source_branch?: unknown
  reviewers?: unknown
  source?: { branch?: { name?: unknown } }
  destination?: { branch?: { name?: unknown } }
}

/** A second one for the same branches is not refused: the open one is changed, without a word. */
export async function createPullRequest(
  world: World,
  author: Account,
  repository: Repository,
  input: PullRequestInput,
): Promise<PullRequest> {
  const source = input.source?.branch?.name
  const destination = input.destination?.branch?.name ?? repository.mainBranch
  if (typeof source !== 'string' || source === '') throw badFields({ source: ['source is required'] })
  if (typeof input.title !== 'string' || input.title.trim() === '') throw badFields({ title: ['title is required'] })
  const head = await tipOf(repository, source)
  const base = typeof destination === 'string' ? await tipOf(repository, destination) : null
  if (head === null) throw badFields({ source: [`branch not found: ${source}`] })
  if (base === null || typeof destination !== 'string')
    throw badFields({ destination: [`branch not found: ${destination}`] })
  if (await repository.git.isAncestor(head, base)) throw new Refusal(400, 'There are no changes to be pulled')
  const open = repository.pullRequests.find(
    (one) => one.state === 'OPEN' && one.source === source && one.destination === destination,
  )
  if (open !== undefined) return changePullRequest(world, open, input)
  const made: PullRequest = {
    repository,
    id: repository.pullRequests.length + 1,
    title: checkTitle(input.title),
    description: textOf(input.description),
    state: 'OPEN',
    draft: input.draft === true,
    author,
    source,
    destination,
    sourceCommit: head,
    destinationCommit: base,
    mergeCommit: null,
    closedBy: null,
    closeSourceBranch: input.close_source_branch === true,
    reason: '',
    reviewers: reviewersOf(world, repository, author, input.reviewers ?? []),
    participants: new Map(),
    comments: [],
    tasks: [],
    createdOn: world.now(),
    updatedOn: world.now(),
  }
  repository.pullRequests.push(made)
  return made
}

/** `PUT`: takes the place of what was there, so reviewers that are not named are gone. */
export async function updatePullRequest(
  world: World,
  pullRequest: PullRequest,
  input: PullRequestInput,
): Promise<PullRequest> {
  if (pullRequest.state !== 'OPEN') throw new Refusal(400, 'Only open pull requests can be mutated')
  if (input.title === undefined) throw badFields({ title: ['title is required'] })
  return changePullRequest(world, pullRequest, { ...input, reviewers: input.reviewers ?? [] })
}

function changePullRequest(world: World, pullRequest: PullRequest, input: PullRequestInput): PullRequest {
  const { repository, author } = pullRequest
  const reviewers = input.reviewers === undefined ? null : reviewersOf(world, repository, author, input.reviewers)
  if (input.title !== undefined) pullRequest.title = checkTitle(input.title)
  if (input.description !== undefined) pullRequest.description = textOf(input.description)
  if (typeof input.draft === 'boolean') pullRequest.draft = input.draft
  if (typeof input.close_source_branch === 'boolean') pullRequest.closeSourceBranch = input.close_source_branch
  if (reviewers !== null) pullRequest.reviewers = reviewers
  pullRequest.updatedOn = world.now()
  return pullRequest
}

/** A declined one cannot be opened again. */
export async function declinePullRequest(world: World, by: Account, pullRequest: PullRequest): Promise<PullRequest> {
  if (pullRequest.state !== 'OPEN') throw new Refusal(400, 'This pull request is already closed.')
  const sourceCommit = await headOf(pullRequest)
  return Object.assign(pullRequest, { state: 'DECLINED', sourceCommit, closedBy: by, updatedOn: world.now() })
}

/** Titles hold 255 characters. */
function checkTitle(title: unknown): string {
  if (typeof title !== 'string' || title.trim() === '') throw badFields({ title: ['title is required'] })
  if ([...title].length > 255) throw badFields({ title: ['Ensure this value has at most 255 characters.'] })
  return title
}

function textOf(description: unknown): string {
  return withoutHtmlComments(typeof description === 'string' ? description : '')
}

function reviewersOf(world: World, repository: Repository, author: Account, input: unknown): Account[] {
  if (!Array.isArray(input)) throw badFields({ reviewers: ['Malformed reviewers list'] })
  return input.map((one) => {
    const account = findAccount(world, (one ?? {}) as Record<string, unknown>)
    if (account === null) throw badFields({ reviewers: ['Malformed reviewers list'] })
    if (account.uuid === author.uuid) {
      throw badFields({ reviewers: [`${account.displayName} is the author and cannot be included as a reviewer.`] })
    }
    if (!mayAt(permissionOf(world, repository, account), 'read')) {
      throw badFields({ reviewers: [`${account.displayName} does not have access to view this pull request`] })
    }
    return account
  })
}
