import type { VcsError } from '@pullwright/core'
import { type ErrorContext, githubError } from './github-error.ts'

/** One entry of `errors` in a GraphQL answer. */
export interface GraphQLProblem {
  type: string
  message: string
  /** Response keys from the root: `['commit']`, `['repository', 'f0']`. */
  path: (string | number)[]
  status: number
  headers: Record<string, string>
}

export function problemsOf(body: unknown, headers: Record<string, string>): GraphQLProblem[] {
  const errors = (body as { errors?: unknown } | null)?.errors
  if (!Array.isArray(errors)) return []
  return errors.map((error: unknown) => {
    const { type, message, path } = (error ?? {}) as Record<string, unknown>
    return {
      type: typeof type === 'string' ? type : '',
      message: typeof message === 'string' ? message : 'unknown error',
      path: Array.isArray(path) ? path : [],
      status: 200,
      headers,
    }
  })
}

export function toError(problem: GraphQLProblem, context: ErrorContext): VcsError {
  return githubError(problem, context)
}

/** The problem of one root field. */
export function problemAt(problems: readonly GraphQLProblem[], alias: string): GraphQLProblem | null {
  return problems.find((problem) => problem.path[0] === alias) ?? null
}

/** Another wrote first: a fresh look may find a way. */
export function isRace({ type, message }: GraphQLProblem): boolean {
  return type === 'STALE_DATA' || RACE.test(message)
}

const RACE =
  /Expected branch to point to|already exists in the repository|is at [0-9a-f]{40} but expected|Reference (?:already exists|update failed)|not a fast forward|No ref named|cannot lock ref/i

export function isDuplicate({ message }: GraphQLProblem): boolean {
  return /A pull request already exists for/i.test(message)
}

/** The part of GitHub that opens pull requests has not seen the commit yet: in a while it will have. */
export function isReplicationLag({ message }: GraphQLProblem): boolean {
  return /No commits between|Head sha can't be blank|Head ref must be a branch|not all refs are readable/i.test(message)
}
