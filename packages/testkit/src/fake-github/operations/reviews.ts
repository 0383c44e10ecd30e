import { demand, hasRole, roleOf, type Session } from '../model/access.ts'
import type { Account, PullRequest, Review, Team } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import { nameWithOwner, register, type World } from '../model/world.ts'

/** More are cut off silently, as GitHub does. */
const MAX_ASSIGNEES = 10

/** With `union` the reviewers are added to those asked before; without it they take their place. */
export function requestReviews(
  world: World,
  session: Session,
  pullRequest: PullRequest,
  reviewers: readonly (Account | Team)[],
  union: boolean,
): void {
  const { repository } = pullRequest
  demand(session, repository, { permissions: ['pull_requests'], level: 'write', action: 'RequestReviews' })
  if (reviewers.includes(pullRequest.author)) throw refusal('Review cannot be requested from pull request author.')
  if (!reviewers.every((reviewer) => mayReview(pullRequest, reviewer))) {
    throw refusal(
      'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not ' +
        `a collaborator of the ${nameWithOwner(repository)} repository.`,
    )
  }
  const before = union ? pullRequest.reviewRequests : []
  pullRequest.reviewRequests = [...new Set([...before, ...reviewers])]
  pullRequest.updatedAt = world.now()
}

export function removeReviewRequests(
  session: Session,
  pullRequest: PullRequest,
  gone: readonly (Account | Team)[],
): void {
  demand(session, pullRequest.repository, { permissions: ['pull_requests'], level: 'write', action: 'RequestReviews' })
  pullRequest.reviewRequests = pullRequest.reviewRequests.filter((one) => !gone.includes(one))
}

/** A review as a person gives it; it ends the request to that person, and to their teams. */
export function addReview(
  world: World,
  pullRequest: PullRequest,
  author: Account,
  state: Review['state'],
  body: string,
  commitOid: string,
): Review {
  const onBehalfOf = pullRequest.reviewRequests.filter(
    (one): one is Team => one.kind === 'Team' && one.members.includes(author),
  )
  const review = register<Review>(world, {
    kind: 'PullRequestReview',
    author,
    state,
    body,
    commitOid,
    submittedAt: world.now(),
    onBehalfOf,
  })
  pullRequest.reviews.push(review)
  pullRequest.reviewRequests = pullRequest.reviewRequests.filter(
    (one) => one !== author && !onBehalfOf.some((team) => team === one),
  )
  return review
}

/** The person's last verdict counts no more. */
export function dismissReview(pullRequest: PullRequest, author: Account): void {
  const last = pullRequest.reviews.findLast((review) => review.author === author && review.state !== 'COMMENTED')
  if (last !== undefined) last.state = 'DISMISSED'
}

/** People who may not be assigned are passed over without a word. */
export function addAssignees(
  world: World,
  session: Session,
  pullRequest: PullRequest,
  people: readonly Account[],
): void {
  const permissions = ['issues', 'pull_requests'] as const
  demand(session, pullRequest.repository, { permissions, level: 'write', action: 'AddAssigneesToAssignable' })
  const able = people.filter((person) => person.kind === 'User' && hasRole(person, pullRequest.repository, 'read'))
  pullRequest.assignees = [...new Set([...pullRequest.assignees, ...able])].slice(0, MAX_ASSIGNEES)
  pullRequest.updatedAt = world.now()
}

function mayReview(pullRequest: PullRequest, reviewer: Account | Team): boolean {
  const { repository } = pullRequest
  if (reviewer.kind === 'Team') return reviewer.organization === repository.owner
  const named = repository.collaborators.has(reviewer.login.toLowerCase()) || reviewer === repository.owner
  const member = !reviewer.outsider && repository.owner.kind === 'Organization'
  return reviewer.kind === 'User' && (named || member) && roleOf(reviewer, repository) !== null
}

function refusal(message: string): Refusal {
  return new Refusal('UNPROCESSABLE', message, { restMessage: message })
}
