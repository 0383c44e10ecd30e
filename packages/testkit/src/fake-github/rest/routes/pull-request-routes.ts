import { changes } from '../../graphql/pull-request-view.ts'
import { demand } from '../../model/access.ts'
import type { Account, MergeMethodName, PullRequest, Review, Team } from '../../model/entities.ts'
import { Refusal } from '../../model/refusal.ts'
import { findAccount } from '../../model/world.ts'
import { mergePullRequest, runAutoMerges } from '../../operations/merging.ts'
import { baseOf, createPullRequest, editPullRequest, headOf } from '../../operations/pull-requests.ts'
import { addReview, removeReviewRequests, requestReviews } from '../../operations/reviews.ts'
import { commitBody, fileBody } from '../bodies/git-bodies.ts'
import { fullPullRequest, reviewBody, reviewersBody, simplePullRequest } from '../bodies/pull-request-body.ts'
import {
  notFound,
  paged,
  pullRequestOf,
  type RestCall,
  type RestRoutes,
  repositoryOf,
  required,
  text,
  texts,
} from '../rest-call.ts'

const ONE = '/repos/{owner}/{repo}/pulls/{pull_number}'

export const pullRequestRoutes: RestRoutes = {
  'GET /repos/{owner}/{repo}/pulls': list,
  'POST /repos/{owner}/{repo}/pulls': async (call) => {
    const repository = repositoryOf(call)
    const pullRequest = await createPullRequest(call.world, call.session, repository, {
      head: required(call, 'head'),
      base: required(call, 'base'),
      title: text(call, 'title') ?? '',
      body: text(call, 'body'),
      draft: call.body.draft === true,
      maintainerCanModify: call.body.maintainer_can_modify !== false,
    })
    return { status: 201, body: await fullPullRequest(call.world, call.session, pullRequest) }
  },
  [`GET ${ONE}`]: async (call) => ({
    status: 200,
    body: await fullPullRequest(call.world, call.session, readable(call)),
  }),
  [`PATCH ${ONE}`]: async (call) => {
    const state = text(call, 'state')
    const pullRequest = await editPullRequest(call.world, call.session, pullRequestOf(call), {
      title: text(call, 'title'),
      body: text(call, 'body'),
      base: text(call, 'base'),
      state: state === 'open' ? 'OPEN' : state === 'closed' ? 'CLOSED' : null,
    })
    return { status: 200, body: await fullPullRequest(call.world, call.session, pullRequest) }
  },
  [`GET ${ONE}/commits`]: async (call) => {
    const pullRequest = readable(call)
    const { repository } = pullRequest
    const { commits } = await repository.git.compare(await baseOf(pullRequest), await headOf(pullRequest))
    return paged(call, commits, async (oid) => {
      const commit = await repository.git.commitAt(oid)
      return commit === null ? null : commitBody(call.world, repository, commit)
    })
  },
  [`GET ${ONE}/files`]: async (call) => {
    const pullRequest = readable(call)
    const head = await headOf(pullRequest)
    return paged(call, await changes(pullRequest), (file) => fileBody(call.world, pullRequest.repository, file, head))
  },
  [`GET ${ONE}/merge`]: (call) => {
    if (readable(call).state !== 'MERGED') throw notFound()
    return { status: 204 }
  },
  [`PUT ${ONE}/merge`]: merge,
  [`GET ${ONE}/requested_reviewers`]: (call) => {
    const { requested_reviewers: users, requested_teams: teams } = reviewersBody(call.world, readable(call))
    return { status: 200, body: { users, teams } }
  },
  [`POST ${ONE}/requested_reviewers`]: async (call) => {
    const pullRequest = pullRequestOf(call)
    requestReviews(call.world, call.session, pullRequest, reviewersOf(call, pullRequest), true)
    return { status: 201, body: await simplePullRequest(call.world, call.session, pullRequest) }
  },
  [`DELETE ${ONE}/requested_reviewers`]: async (call) => {
    const pullRequest = pullRequestOf(call)
    removeReviewRequests(call.session, pullRequest, reviewersOf(call, pullRequest))
    return { status: 200, body: await simplePullRequest(call.world, call.session, pullRequest) }
  },
  [`GET ${ONE}/reviews`]: (call) => {
    const pullRequest = readable(call)
    return paged(call, pullRequest.reviews, (review) => reviewBody(call.world, pullRequest, review))
  },
  [`POST ${ONE}/reviews`]: review,
}

function readable(call: RestCall): PullRequest {
  const pullRequest = pullRequestOf(call)
  demand(call.session, pullRequest.repository, { permissions: ['pull_requests'], level: 'read' })
  return pullRequest
}

function list(call: RestCall) {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: ['pull_requests'], level: 'read' })
  const state = call.query.get('state') ?? 'open'
  const [head, base] = [call.query.get('head'), call.query.get('base')]
  const found = repository.pullRequests.filter((pullRequest) => {
    if (state !== 'all' && (pullRequest.state === 'OPEN') !== (state === 'open')) return false
    if (base !== null && base !== '' && pullRequest.baseRefName !== base) return false
    // A head without its owner filters nothing: GitHub lists everything then.
    if (head === null || !head.includes(':')) return true
    return head.toLowerCase() === `${repository.owner.login}:${pullRequest.headRefName}`.toLowerCase()
  })
  const key = call.query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt'
  const sign = (call.query.get('direction') ?? (call.query.has('sort') ? 'asc' : 'desc')) === 'desc' ? -1 : 1
  const sorted = [...found].sort((a, b) => sign * (a[key] - b[key] || a.number - b.number))
  return paged(call, sorted, (pullRequest) => simplePullRequest(call.world, call.session, pullRequest))
}

async function merge(call: RestCall) {
  const method = (text(call, 'merge_method') ?? 'merge').toUpperCase() as MergeMethodName
  const sha = await mergePullRequest(call.world, call.session, pullRequestOf(call), {
    method,
    expectedHead: text(call, 'sha'),
    headline: text(call, 'commit_title'),
    body: text(call, 'commit_message'),
  })
  return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } }
}

const EVENTS: Record<string, Review['state']> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
}

async function review(call: RestCall) {
  const pullRequest = pullRequestOf(call)
  demand(call.session, pullRequest.repository, { permissions: ['pull_requests'], level: 'write', action: 'AddReview' })
  const state = EVENTS[text(call, 'event') ?? '']
  if (state === undefined)
    throw new Refusal('UNPROCESSABLE', 'fakeGitHub does not model pending reviews: give an event')
  const author = call.session.account ?? pullRequest.author
  if (author === pullRequest.author && state !== 'COMMENTED') {
    const message = `Can not ${state === 'APPROVED' ? 'approve' : 'request changes on'} your own pull request`
    throw new Refusal('UNPROCESSABLE', message, { restMessage: 'Unprocessable Entity', restErrors: [message] })
  }
  const made = addReview(
    call.world,
    pullRequest,
    author,
    state,
    text(call, 'body') ?? '',
    text(call, 'commit_id') ?? (await headOf(pullRequest)),
  )
  await runAutoMerges(call.world, pullRequest.repository)
  return { status: 200, body: reviewBody(call.world, pullRequest, made) }
}

/** People are looked up by login, teams by slug; one that is not there fails the whole request. */
function reviewersOf(call: RestCall, { repository }: PullRequest): (Account | Team)[] {
  const users = texts(call, 'reviewers').map((login) => findAccount(call.world, login))
  const teams = texts(call, 'team_reviewers').map((slug) => repository.owner.teams.get(slug.toLowerCase()))
  return [...users, ...teams].map((reviewer) => {
    if (reviewer !== undefined) return reviewer
    const full = `${repository.owner.login}/${repository.name}`
    const message =
      'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not ' +
      `a collaborator of the ${full} repository.`
    throw new Refusal('UNPROCESSABLE', message, { restMessage: message })
  })
}
