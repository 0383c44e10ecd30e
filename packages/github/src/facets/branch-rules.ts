import { isVcsError } from '@pullwright/core'
import type { CallContext, GitHubClient } from '../client.ts'
import { BRANCH_RULES, type BranchRulesData } from '../graphql/facet-queries.ts'
import { missing } from '../missing.ts'
import { repositoryName } from '../repository-name.ts'
import { allPages, PER_PAGE } from './all-pages.ts'

export interface BranchRules {
  /** Names of checks and statuses. */
  checks: string[]
  approvals: number
}

/** Rulesets and classic protection together: each knows nothing of the other. Two requests, none of which needs an administrator. */
export async function readBranchRules(
  client: GitHubClient,
  repository: string,
  branch: string,
  signal: AbortSignal | undefined,
): Promise<BranchRules> {
  const context: CallContext = { repository, doing: `read the rules of ${branch}`, needs: ['contents=read'], signal }
  const classic = await readProtection(client, branch, context)
  const rulesets = await readRulesets(client, branch, context)
  const required = rulesets.flatMap((rule) => {
    return rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []) : []
  })
  const counts = rulesets.map((rule) => {
    return rule.type === 'pull_request' ? (rule.parameters?.required_approving_review_count ?? 0) : 0
  })
  const names = (classic?.requiredStatusCheckContexts ?? []).filter((name) => name !== null)
  return {
    checks: [...new Set([...names, ...required.map((one) => one.context)])],
    approvals: Math.max(classic?.requiredApprovingReviewCount ?? 0, ...counts),
  }
}

async function readProtection(client: GitHubClient, branch: string, context: CallContext) {
  const variables = { ...repositoryName(context.repository), ref: `refs/heads/${branch}` }
  const answer = await client.graphql<BranchRulesData>(BRANCH_RULES, variables, context)
  const ref = answer.data.repository?.ref
  if (!ref) throw missing(client, answer.problems, context)
  return ref.refUpdateRule
}

async function readRulesets(client: GitHubClient, branch: string, context: CallContext) {
  const { owner, name: repo } = repositoryName(context.repository)
  try {
    return await allPages(async (page) => {
      const { data } = await client.rest(
        (request, common) =>
          request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
            ...{ owner, repo, branch, page, per_page: PER_PAGE },
            ...common,
          }),
        context,
      )
      return data
    })
  } catch (error) {
    // The branch was seen a moment ago: an older GitHub Enterprise Server, which has no rulesets.
    if (isVcsError(error) && error.status === 404) return []
    throw error
  }
}
