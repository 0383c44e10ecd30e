import { MergeRequestApprovals, MergeRequests } from '@gitbeaker/rest'
import { type CallOptions, isVcsError, type PullRequestRef, VcsError, type VcsReviews } from '@pullwright/core'
import type { GitLabClient } from '../client.ts'
import { mergeRequestId, projectPath } from '../project-path.ts'
import { contextOf, readMergeRequest } from '../pull-requests.ts'
import { findPeople } from './find-people.ts'

/** GitLab's approvals. They are not tied to a commit: whether a push takes them back is a setting of the project. */
export function reviews(client: GitLabClient): VcsReviews {
  return {
    async list(ref: PullRequestRef, options: CallOptions = {}) {
      const { project, iid } = mergeRequestId(ref)
      const context = contextOf(ref, 'read the approvals of merge request', ['role: Reporter'], options)
      const answer = await client.rest(context, (to) =>
        new MergeRequestApprovals(to).showConfiguration(project, { mergerequestIId: iid }),
      )
      return (answer.approved_by ?? []).map((one) => {
        const at = Date.parse(String((one as { approved_at?: unknown }).approved_at ?? ''))
        const submittedAt = Number.isNaN(at) ? null : at
        return { author: one.user.username, state: 'approved' as const, commit: null, submittedAt }
      })
    },
    /** From the project's approval rules, which need Premium. */
    async required(repository: string, branch: string, { signal }: CallOptions = {}) {
      const project = projectPath(repository)
      const context = { repository, doing: 'read the approval rules', needs: ['role: Developer'], signal }
      try {
        const rules = await client.rest(context, (to) => new MergeRequestApprovals(to).allApprovalRules(project))
        const counts = rules.filter((rule) => appliesTo(rule, branch)).map((rule) => rule.approvals_required ?? 0)
        return Math.max(0, ...counts)
      } catch (error) {
        if (isVcsError(error) && (error.status === 403 || error.status === 404)) return null
        throw error
      }
    },
    async request(ref: PullRequestRef, reviewers: readonly string[], options: CallOptions = {}) {
      const { project, iid } = mergeRequestId(ref)
      const team = reviewers.find((name) => name.includes('/'))
      if (team !== undefined) {
        throw new VcsError('unsupported', `GitLab asks people, not teams, so ${team} cannot be asked for a review.`)
      }
      const context = contextOf(ref, 'ask for reviews of merge request', ['role: Developer'], options)
      const there = await readMergeRequest(client, ref, options)
      const asked = (there.reviewers ?? []).map(({ id }) => id)
      const ids = await findPeople(client, reviewers, context)
      const all = [...new Set([...asked, ...ids])]
      if (all.length === asked.length) return
      await client.rest(context, (to) => new MergeRequests(to).edit(project, iid, { reviewerIds: all }))
    },
  }
}

interface Rule {
  applies_to_all_protected_branches?: boolean
  protected_branches?: readonly { name: string }[]
}

function appliesTo(rule: object, branch: string): boolean {
  const { protected_branches: named = [] } = rule as Rule
  return named.length === 0 || named.some(({ name }) => name === branch)
}
