import { VcsError } from '@pullwright/core'
import type { CallContext, GitHubClient } from './client.ts'
import type { GraphQLProblem } from './graphql-problem.ts'

/** Why a GraphQL answer lacks the thing that was asked for. */
export function missing(client: GitHubClient, problems: readonly GraphQLProblem[], context: CallContext): VcsError {
  const [problem] = problems
  if (problem !== undefined) return client.refused(problem, context)
  return new VcsError(
    'not-found',
    `Cannot ${context.doing} in ${context.repository}: GitHub answers that there is none.`,
  )
}
