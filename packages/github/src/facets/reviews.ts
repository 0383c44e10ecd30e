import type { CallOptions, PullRequestRef, Review, VcsReviews } from '@pullwright/core'
import type { GitHubClient } from '../client.ts'
import { contextOf, parametersOf } from '../pull-requests.ts'
import { allPages, PER_PAGE } from './all-pages.ts'
import { readBranchRules } from './branch-rules.ts'

export function reviews(client: GitHubClient): VcsReviews {
  return {
    async list(ref: PullRequestRef, options: CallOptions = {}) {
      const context = contextOf(ref, 'read the reviews of pull request', ['pull_requests=read'], options)
      const all = await allPages(async (page) => {
        const { data } = await client.rest(
          (request, common) =>
            request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
              ...parametersOf(ref),
              ...{ page, per_page: PER_PAGE },
              ...common,
            }),
          context,
        )
        return data
      })
      return lastOfEach(all)
    },
    required: async (repository: string, branch: string, { signal }: CallOptions = {}) => {
      const rules = await readBranchRules(client, repository, branch, signal)
      return rules.approvals
    },
    async request(ref: PullRequestRef, names: readonly string[], options: CallOptions = {}) {
      if (names.length === 0) return
      const context = contextOf(ref, 'ask for reviews of pull request', ['pull_requests=write'], options)
      const teams = names.flatMap((name) => (name.includes('/') ? [name.slice(name.lastIndexOf('/') + 1)] : []))
      await client.rest(
        (request, common) =>
          request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
            ...parametersOf(ref),
            reviewers: names.filter((name) => !name.includes('/')),
            team_reviewers: teams,
            ...common,
          }),
        context,
      )
    },
  }
}

/** GitHub's `state` of a review; one that is `PENDING` was not given yet. */
const STATES: Readonly<Record<string, Review['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
}

interface Given {
  user: { login: string } | null
  state: string
  commit_id: string | null
  submitted_at?: string
}

/** Oldest first, as GitHub lists them. A comment takes back no verdict, as on GitHub itself. */
function lastOfEach(given: readonly Given[]): Review[] {
  const last = new Map<string, Review>()
  for (const { user, state: said, commit_id: commit, submitted_at: at } of given) {
    const state = STATES[said]
    // GitHub shows whoever is gone as `ghost`.
    const author = user?.login ?? 'ghost'
    if (state === undefined || (state === 'commented' && last.has(author))) continue
    const submittedAt = Date.parse(at ?? '')
    last.set(author, { author, state, commit, submittedAt: Number.isNaN(submittedAt) ? null : submittedAt })
  }
  return [...last.values()]
}
