import { Octokit } from '@octokit/core'
import { isPullwrightError, isVcsError, type Transport, VcsError } from '@pullwright/core'
import type { Authorization } from './authorization.ts'
import type { ApiUrls } from './base-url.ts'
import { type ErrorContext, githubError } from './github-error.ts'
import { type GraphQLProblem, problemsOf, toError } from './graphql-problem.ts'

export interface CallContext {
  repository: string
  /** For messages: `open the pull request`. */
  doing: string
  needs?: readonly string[]
  signal?: AbortSignal | undefined
}

export interface GraphQLAnswer<Data> {
  data: Data
  /** Fields that failed; the others stand in `data`. */
  problems: GraphQLProblem[]
  headers: Record<string, string>
}

/** The parameters every REST call passes on to octokit. */
export interface CommonParameters {
  headers: Record<string, string>
  request: { signal?: AbortSignal }
}

/** Both of GitHub's APIs over one transport; every failure is a `VcsError`, and no message holds the credential. */
export interface GitHubClient {
  readonly hosted: boolean
  /** One request. Throws where nothing was answered; fields that failed are told beside the data. */
  graphql<Data>(
    document: string,
    variables: Record<string, unknown>,
    context: CallContext,
  ): Promise<GraphQLAnswer<Data>>
  /** One request: `send` is given octokit's typed `request` and what must go with every call. */
  rest<Answer extends { status: number }>(
    send: (request: Octokit['request'], common: CommonParameters) => Promise<Answer>,
    context: CallContext,
  ): Promise<Answer>
  /** Permissions of an app's installation and their levels; null for tokens, which GitHub does not tell them of. */
  granted(context: CallContext): Promise<Readonly<Record<string, string>> | null>
  /** A problem of an answer as an error. */
  refused(problem: GraphQLProblem, context: CallContext): VcsError
}

export interface ClientParts {
  urls: ApiUrls
  authorization: Authorization
  transport: Transport
  now: () => number
}

/** Version of the REST API that our calls and their answers are written for. */
const API_VERSION = '2022-11-28'

export function createClient({ urls, authorization, transport, now }: ClientParts): GitHubClient {
  // octokit is quiet: what it would print belongs to the host's own log, if anywhere.
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const octokit = new Octokit({
    baseUrl: urls.rest,
    userAgent: 'pullwright',
    log: quiet,
    request: { fetch: transport.fetch, log: quiet },
  })
  const errorContext = (context: CallContext): ErrorContext => ({ ...context, now: now() })

  async function call<Answer>(
    send: (common: CommonParameters) => Promise<Answer>,
    context: CallContext,
    writes: boolean,
  ): Promise<Answer> {
    const { repository, needs, signal } = context
    const request = signal === undefined ? {} : { signal }
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted()
      const header = await authorization.header(repository, { needs, writes }, signal)
      try {
        return await send({ headers: { authorization: header, 'x-github-api-version': API_VERSION }, request })
      } catch (error) {
        signal?.throwIfAborted()
        // GitHub did nothing of what it refused the credential for: even a write may be sent again.
        if (tries === 1 && refusesCredential(error) && authorization.renew?.(header, headersOf(error))) continue
        throw toVcsError(error, errorContext(context), authorization)
      }
    }
  }

  return {
    hosted: urls.hosted,
    async rest(send, context) {
      const answer = await call((common) => send(octokit.request, common), context, !readsOnly(context))
      // No redirect is followed: it would carry the credential to wherever the answer says.
      if (answer.status < 300) return answer
      const message = `${context.repository} has moved: GitHub answers a redirect. Use the repository's new name.`
      throw new VcsError('not-found', message, { status: answer.status })
    },
    async graphql<Data>(document: string, variables: Record<string, unknown>, context: CallContext) {
      const post = { method: 'POST' as const, url: urls.graphql, query: document, variables }
      const answer = await call(
        (common) => octokit.request({ ...post, ...common }),
        context,
        /^\s*mutation\b/.test(document),
      )
      const headers = textHeaders(answer.headers)
      const problems = problemsOf(answer.data, headers).map((one) => ({
        ...one,
        message: authorization.hide(one.message),
      }))
      const data: unknown = (answer.data as { data?: unknown } | null)?.data
      if (typeof data === 'object' && data !== null) return { data: data as Data, problems, headers }
      const [first] = problems
      if (first !== undefined) throw toError(first, errorContext(context))
      throw new VcsError('unavailable', `GitHub's answer to "${context.doing}" is not GraphQL. Check baseUrl.`)
    },
    granted: async ({ repository, signal }) => (await authorization.granted?.(repository, signal)) ?? null,
    refused: (problem, context) => toError(problem, errorContext(context)),
  }
}

/** In doubt a call writes. */
function readsOnly({ needs = [] }: CallContext): boolean {
  return needs.length > 0 && needs.every((need) => need.endsWith('=read'))
}

/** 401 for a token that ended or was revoked, 403 for one whose installation was suspended. */
function refusesCredential(error: unknown): boolean {
  const { status, response } = (error ?? {}) as Partial<HttpFailure>
  return status === 401 || (status === 403 && /suspended/i.test(messageOf(response?.data)))
}

function headersOf(error: unknown): Record<string, string> {
  return textHeaders((error as Partial<HttpFailure> | null)?.response?.headers ?? {})
}

interface HttpFailure {
  status: number
  response?: { data: unknown; headers: Record<string, unknown> }
  cause?: unknown
}

function toVcsError(error: unknown, context: ErrorContext, authorization: Authorization): unknown {
  const ours = findOurs(error)
  if (ours !== null) return ours
  const failure = error as Partial<HttpFailure> | null
  if (typeof failure?.status !== 'number' || failure.response === undefined) {
    const message = authorization.hide(error instanceof Error ? error.message : 'no answer')
    return new VcsError('unavailable', `Cannot ${context.doing} in ${context.repository}: ${message}`)
  }
  const { data, headers } = failure.response
  return githubError(
    { status: failure.status, message: authorization.hide(messageOf(data)), headers: textHeaders(headers) },
    context,
  )
}

/** What the transport threw, under octokit's wrapping: no answer is retryable, what the guard refused is not. */
function findOurs(error: unknown): Error | null {
  let current: unknown = error
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
    if (isVcsError(current)) return current
    if (isPullwrightError(current)) {
      if (current.code !== 'transport') return current
      return new VcsError('unavailable', `GitHub did not answer: ${current.message}`, { cause: current })
    }
    current = (current as { cause?: unknown }).cause
  }
  return null
}

/** REST: `message`, and the sentences and codes in `errors`. */
function messageOf(data: unknown): string {
  if (typeof data === 'string') return data.slice(0, 300)
  if (typeof data !== 'object' || data === null) return ''
  const { message, errors } = data as { message?: unknown; errors?: unknown }
  const details = (Array.isArray(errors) ? errors : []).map((one) => {
    if (typeof one === 'string') return one
    const { message, resource, field, code } = (one ?? {}) as Record<string, unknown>
    return typeof message === 'string' ? message : [resource, field, code].filter((part) => part).join(' ')
  })
  return [typeof message === 'string' ? message : '', ...details].filter((part) => part !== '').join(': ')
}

function textHeaders(headers: Record<string, unknown>): Record<string, string> {
  const known = Object.entries(headers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known.map(([name, value]) => [name.toLowerCase(), String(value)]))
}
