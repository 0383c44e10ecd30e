import { type CheckState, isVcsError } from '@pullwright/core'
import type { CallContext, GitHubClient, GraphQLAnswer } from '../client.ts'
import { CHECK_ROLLUP, type CheckRollupData, type RollupNode } from '../graphql/facet-queries.ts'
import { nodesOf } from '../graphql/fragments.ts'
import { missing } from '../missing.ts'
import { repositoryName } from '../repository-name.ts'
import { latestStatuses } from './latest-statuses.ts'

/** Checks and statuses in one request for each hundred; statuses alone where the credential may not see checks. */
export async function listChecks(client: GitHubClient, sha: string, context: CallContext): Promise<CheckState[]> {
  try {
    return await readRollup(client, sha, { ...context, needs: ['checks=read'] })
  } catch (error) {
    if (!isVcsError(error) || error.code !== 'permission') throw error
    const statuses = await latestStatuses(client, sha, context)
    return statuses.map((one) => ({
      name: one.context,
      state: STATUSES[one.state.toUpperCase()] ?? 'pending',
      url: one.target_url,
    }))
  }
}

async function readRollup(client: GitHubClient, sha: string, context: CallContext): Promise<CheckState[]> {
  const found: CheckState[] = []
  let after: string | null = null
  for (;;) {
    const variables = { ...repositoryName(context.repository), oid: sha, after }
    const answer: GraphQLAnswer<CheckRollupData> = await client.graphql(CHECK_ROLLUP, variables, context)
    const [problem] = answer.problems
    if (problem !== undefined) throw client.refused(problem, context)
    const commit = answer.data.repository?.object
    if (!commit?.oid) throw missing(client, answer.problems, context)
    const page = commit.statusCheckRollup?.contexts
    found.push(...nodesOf(page).map(toState))
    if (!page?.pageInfo.hasNextPage || page.pageInfo.endCursor === null) return found
    after = page.pageInfo.endCursor
  }
}

function toState(node: RollupNode): CheckState {
  if (node.__typename === 'StatusContext') {
    return { name: node.context, state: STATUSES[node.state] ?? 'pending', url: node.targetUrl }
  }
  const state = node.status === 'COMPLETED' ? (CONCLUSIONS[node.conclusion ?? ''] ?? 'failure') : 'pending'
  return { name: node.name, state, url: node.detailsUrl }
}

/** `StatusState` of the GraphQL schema. */
const STATUSES: Readonly<Record<string, CheckState['state']>> = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  ERROR: 'failure',
  PENDING: 'pending',
  EXPECTED: 'pending',
}

/** `CheckConclusionState` of the GraphQL schema. */
const CONCLUSIONS: Readonly<Record<string, CheckState['state']>> = {
  SUCCESS: 'success',
  NEUTRAL: 'neutral',
  SKIPPED: 'neutral',
  FAILURE: 'failure',
  TIMED_OUT: 'failure',
  STARTUP_FAILURE: 'failure',
  CANCELLED: 'cancelled',
  STALE: 'cancelled',
  ACTION_REQUIRED: 'action_required',
}
