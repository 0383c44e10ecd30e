import { createRequesterFn, type FormattedResponse, type ResourceOptions } from '@gitbeaker/requester-utils'
import { Users } from '@gitbeaker/rest'
import { type ForgeRequest, type ForgeTransport, isPullwrightError, isVcsError, VcsError } from '@pullwright/core'
import type { Authorization } from './authorization.ts'
import { type ErrorContext, gitlabError } from './gitlab-error.ts'
import type { Turns } from './in-turn.ts'

export interface CallContext {
  repository: string
  /** For messages: `open the merge request`. */
  doing: string
  needs?: readonly string[]
  signal?: AbortSignal | undefined
}

/** What every resource of the client library is made with. */
export type Connection = Authorization['credential'] & {
  host: string
  queryTimeout: null
  rateLimits: Record<string, never>
  requesterFn: ReturnType<typeof createRequesterFn>
}

/** GitLab's API over one transport; every failure is a `VcsError`, and no message holds the credential. */
export interface GitLabClient {
  /** Address of the instance. */
  readonly host: string
  readonly now: () => number
  /** Calls that need no more than gitbeaker's own class: `client.rest(context, (to) => new Commits(to).create(…))`. */
  rest<Answer>(context: CallContext, send: (to: Connection) => Promise<Answer>): Promise<Answer>
  /** Several queries in one request; null where one was answered without data. Throws where none was. */
  graphql(queries: readonly GraphQLQuery[], context: CallContext): Promise<unknown[]>
  /** The username of the account whose credential this is; asked once. */
  viewer(context: CallContext): Promise<Viewer>
  /** Runs after all earlier work of this key has ended, in this process. */
  inTurn: Turns
}

export interface GraphQLQuery {
  query: string
  variables: Record<string, unknown>
}

export interface Viewer {
  username: string
  /** Addresses that commits of this account carry, lower case. */
  emails: string[]
}

interface GraphQLAnswer {
  data?: unknown
  errors?: { message?: unknown }[]
}

export interface ClientParts {
  host: string
  authorization: Authorization
  transport: ForgeTransport
  now: () => number
  inTurn: Turns
}

export function createClient({ host, authorization, transport, now, inTurn }: ClientParts): GitLabClient {
  const hosted = new URL(host).host
  let known: Promise<Viewer> | null = null

  /** gitbeaker writes the request down; ours is what sends it, so nothing is sent twice behind our back. */
  const requesterFor = (context: CallContext) =>
    createRequesterFn(
      (_: ResourceOptions, request) => Promise.resolve(request),
      async (endpoint, options = {}): Promise<FormattedResponse> => {
        const { method, headers, body, searchParams, prefixUrl } = options
        const query = searchParams === undefined ? '' : `?${String(searchParams)}`
        return exchange(context, {
          method: String(method),
          url: `${String(prefixUrl).replace(/\/+$/, '')}/${endpoint}${query}`,
          headers: { 'user-agent': 'pullwright', ...(headers as Record<string, string> | undefined) },
          ...(body === undefined ? {} : { body: String(body) }),
        })
      },
    )

  const exchange = async (context: CallContext, request: ForgeRequest) => {
    context.signal?.throwIfAborted()
    const answer = await send(context, request)
    const text = Buffer.from(answer.body).toString('utf8')
    const { status, headers } = answer
    if (status >= 200 && status < 300) return { status, headers, body: readJson(text, context) }
    // No redirect is followed: it would carry the credential to wherever the answer says.
    if (status < 400) {
      const message = `${context.repository} has moved: GitLab answers a redirect. Use the project's new path.`
      throw new VcsError('not-found', message, { status })
    }
    throw gitlabError({ status, headers, message: authorization.hide(messageOf(text)) }, errorContext(context))
  }

  const send = async (context: CallContext, request: ForgeRequest) => {
    try {
      return await transport.send({ ...request, ...(context.signal === undefined ? {} : { signal: context.signal }) })
    } catch (error) {
      context.signal?.throwIfAborted()
      if (isVcsError(error) || !isPullwrightError(error) || error.code !== 'transport') throw error
      throw new VcsError('unavailable', `GitLab did not answer: ${authorization.hide(error.message)}`, { cause: error })
    }
  }

  const errorContext = (context: CallContext): ErrorContext => ({ ...context, now: now() })

  const client: GitLabClient = {
    host,
    now,
    inTurn: (key, ...rest) => inTurn(`${hosted} ${key}`, ...rest),
    rest: (context, call) =>
      call({
        ...authorization.credential,
        host,
        queryTimeout: null,
        rateLimits: {},
        requesterFn: requesterFor(context),
      }),
    async graphql(queries, context) {
      const { body } = await exchange(context, {
        method: 'POST',
        url: `${host}/api/graphql`,
        headers: { 'user-agent': 'pullwright', 'content-type': 'application/json', ...authorization.headers },
        body: JSON.stringify(queries),
        idempotent: true,
      })
      const answers = (Array.isArray(body) ? body : [body]) as (GraphQLAnswer | null)[]
      const data = queries.map((_, n) => answers[n]?.data ?? null)
      if (data[0] !== null) return data
      const said = authorization.hide(String(answers[0]?.errors?.[0]?.message ?? 'no GraphQL. Check baseUrl'))
      throw gitlabError({ status: 200, headers: {}, message: said }, errorContext(context))
    },
    viewer: (context) => {
      known ??= readViewer(client, context).catch((error: unknown) => {
        known = null
        throw error
      })
      return known
    },
  }
  return client
}

async function readViewer(client: GitLabClient, context: CallContext): Promise<Viewer> {
  const user = await client.rest(context, (to) => new Users(to).showCurrentUser())
  const emails = [user.email, user.commit_email, user.public_email]
  return {
    username: user.username,
    emails: emails.flatMap((one) => (typeof one === 'string' && one !== '' ? [one.toLowerCase()] : [])),
  }
}

function readJson(text: string, { doing }: CallContext): FormattedResponse['body'] {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    throw new VcsError('unavailable', `GitLab's answer to "${doing}" is not JSON. Check baseUrl.`)
  }
}

/** `message` or `error`: a text, a list of texts, or texts by field. HTML says nothing to us. */
function messageOf(text: string): string {
  if (/^\s*</.test(text)) return ''
  try {
    const { message, error, error_description } = JSON.parse(text) as Record<string, unknown>
    return [message, error, error_description].flatMap(flatten).join(': ')
  } catch {
    return text.slice(0, 300)
  }
}

function flatten(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(flatten)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([name, inner]) => `${name} ${flatten(inner).join(', ')}`)
}
