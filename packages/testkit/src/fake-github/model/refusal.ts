/** `errors[].type` of GitHub's GraphQL answers. */
export type GraphQLErrorType =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'UNPROCESSABLE'
  | 'STALE_DATA'
  | 'BRANCH_PROTECTION_RULE_VIOLATION'
  | 'MISSING_PAGINATION_BOUNDARIES'
  | 'EXCESSIVE_PAGINATION'
  | 'RATE_LIMITED'
  | 'INTERNAL'

/** One entry of `errors` in a REST 422. */
export interface RestProblem {
  resource?: string
  code: string
  field?: string
  message?: string
  value?: string
}

export interface RefusalOptions {
  /** REST status. */
  status?: number
  /** REST message where it differs from the GraphQL one. */
  restMessage?: string
  restErrors?: readonly (RestProblem | string)[]
  /** For `x-accepted-github-permissions`. */
  accepted?: string
  /** GraphQL: the field is not null but this, beside the error. */
  data?: unknown
}

const STATUS: Record<GraphQLErrorType, number> = {
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  UNPROCESSABLE: 422,
  STALE_DATA: 409,
  BRANCH_PROTECTION_RULE_VIOLATION: 409,
  MISSING_PAGINATION_BOUNDARIES: 422,
  EXCESSIVE_PAGINATION: 422,
  RATE_LIMITED: 403,
  INTERNAL: 500,
}

/** What GitHub would refuse, in its words: each API renders it in its own shape. */
export class Refusal extends Error {
  readonly type: GraphQLErrorType
  readonly status: number
  readonly options: RefusalOptions

  constructor(type: GraphQLErrorType, message: string, options: RefusalOptions = {}) {
    super(message)
    this.name = 'Refusal'
    this.type = type
    this.status = options.status ?? STATUS[type]
    this.options = options
  }
}

export function invalid(message: string, restErrors: readonly (RestProblem | string)[] = []): Refusal {
  return new Refusal('UNPROCESSABLE', message, { restMessage: 'Validation Failed', restErrors })
}

export function unresolvedNode(id: string): Refusal {
  return new Refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`, {
    restMessage: 'Not Found',
  })
}
