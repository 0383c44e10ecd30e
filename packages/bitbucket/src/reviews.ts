import {
  type CallOptions,
  isVcsError,
  type PullRequestRef,
  type Review,
  VcsError,
  type VcsReviews,
} from '@pullwright/core'
import type { ParticipantBody } from './bodies.ts'
import type { BitbucketClient } from './client.ts'
import type { People } from './people.ts'
import { putPullRequest } from './publish/reviewers.ts'
import { nameOf } from './pull-request-view.ts'
import { contextOf, readPullRequest } from './pull-requests.ts'
import { repositoryName } from './repository-name.ts'

interface Restriction {
  kind?: string
  pattern?: string
  value?: number | null
}

/** Bitbucket's participants, in the words of the port. */
export function createReviews(client: BitbucketClient, people: People): VcsReviews {
  return {
    async list(ref, options = {}) {
      const { participants = [] } = await readPullRequest(client, ref, options)
      return participants.flatMap(toReview)
    },
    required: (repository, branch, options = {}) => requiredApprovals(client, repository, branch, options),
    async request(ref, reviewers, options = {}) {
      const teams = reviewers.filter((name) => name.includes('/'))
      if (teams.length > 0) {
        throw new VcsError('unsupported', `Bitbucket asks people for a review, not teams: ${teams.join(', ')}.`)
      }
      await request(client, people, ref, reviewers, options)
    },
  }
}

/** Who was asked and has not answered yet is no review. */
function toReview({ user, state, role, participated_on }: ParticipantBody): Review[] {
  const at = Date.parse(participated_on ?? '')
  if (!state && (role === 'REVIEWER' || Number.isNaN(at))) return []
  return [
    {
      author: nameOf(user) ?? '',
      state: state ?? 'commented',
      commit: null,
      submittedAt: Number.isNaN(at) ? null : at,
    },
  ]
}

/** By the branch's merge checks, which only an administrator's credential may read: null where it may not. */
export async function requiredApprovals(
  client: BitbucketClient,
  repository: string,
  branch: string,
  { signal }: CallOptions,
): Promise<number | null> {
  const route = 'GET /repositories/{workspace}/{repo_slug}/branch-restrictions'
  const parameters = { ...repositoryName(repository), kind: 'require_approvals_to_merge', pagelen: 100 }
  const context = { repository, doing: 'read the merge checks', needs: ['repository:admin'], signal }
  try {
    const all = await client.all<Restriction>(route, parameters, context)
    const values = all.filter(({ pattern }) => matches(pattern ?? '', branch)).map(({ value }) => value ?? 0)
    return Math.max(0, ...values)
  } catch (error) {
    if (isVcsError(error) && error.code === 'permission') return null
    throw error
  }
}

/** Bitbucket's globs: `*` stands for anything. */
function matches(pattern: string, branch: string): boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(branch)
}

async function request(
  client: BitbucketClient,
  people: People,
  ref: PullRequestRef,
  reviewers: readonly string[],
  options: CallOptions,
): Promise<void> {
  const context = contextOf(ref, 'ask for reviews of pull request', ['account'], options.signal)
  const found = await people.find(reviewers, context)
  if (found.problems.length > 0) throw new VcsError('invalid', found.problems.join('; '))
  const there = await readPullRequest(client, ref, options)
  const asked = new Set((there.reviewers ?? []).flatMap(({ uuid }) => uuid ?? []))
  const all = new Set([...asked, ...found.people.map(({ uuid }) => uuid)])
  if (all.size === asked.size) return
  const session = { client, repository: ref.repository, options }
  await putPullRequest(session, there, { reviewers: [...all].map((uuid) => ({ uuid })) })
}
