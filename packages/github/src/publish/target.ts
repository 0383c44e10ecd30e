import { nodesOf, type PullRequestNode } from '../graphql/fragments.ts'
import type { OpenPullRequestNode } from '../graphql/publish-plan.ts'
import type { Target } from './decoration.ts'

/** A pull request that was opened a moment ago. */
export function newTarget(node: PullRequestNode, head: string): Target {
  return {
    id: node.id,
    number: node.number,
    author: node.author?.login ?? null,
    draft: node.isDraft,
    head,
    labels: new Set(nodesOf(node.labels).map(({ name }) => name.toLowerCase())),
    reviewers: new Set(),
    assignees: new Set(),
    autoMerge: null,
  }
}

/** A pull request that is there. Who gave a review is not asked again. */
export function openTarget(node: OpenPullRequestNode, head: string): Target {
  const asked = nodesOf(node.reviewRequests).map(({ requestedReviewer: one }) => {
    return one?.__typename === 'Team' ? teamKey(one) : one?.__typename === 'User' ? one.login : ''
  })
  const gave = nodesOf(node.reviews).flatMap((review) => [
    review.author?.login ?? '',
    ...nodesOf(review.onBehalfOf).map(teamKey),
  ])
  return {
    ...newTarget(node, head),
    reviewers: new Set([...asked, ...gave].map((name) => name.toLowerCase())),
    assignees: new Set(nodesOf(node.assignees).map(({ login }) => login.toLowerCase())),
    autoMerge: node.autoMergeRequest?.mergeMethod ?? null,
  }
}

function teamKey({ slug = '', organization }: { slug?: string; organization?: { login: string } }): string {
  return `${organization?.login ?? ''}/${slug}`
}
