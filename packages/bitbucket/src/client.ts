/// <reference path="./bitbucket-library.d.ts" />
import { isPullwrightError, isVcsError, type Transport, VcsError } from '@pullwright/core'
import * as library from 'bitbucket/lib/minimal.umd.js'
import type { Authorization } from './authorization.ts'
import type { BaseUrls } from './base-url.ts'
import { bitbucketError, type ErrorContext, refusalOf } from './bitbucket-error.ts'

export interface CallContext extends ErrorContext {
  signal?: AbortSignal | undefined
}

export interface Answer<Data> {
  status: number
  headers: Record<string, string>
  data: Data
}

export interface RawBody {
  type: string
  bytes: Uint8Array
}

// Read as what it is in each of our builds: a CommonJS module is seen whole by `import`, and by name by `require`.
const Bitbucket = library.Bitbucket ?? library.default.Bitbucket

/** Bitbucket's REST API over our transport; every failure is a `VcsError`, and no message holds the credential. */
export interface BitbucketClient {
  readonly urls: BaseUrls
  /**
   * One request; one more where a read is sent on within the API. `json` is the body; what else a route takes are
   * `parameters`. 304 is an answer, not an error.
   */
  call<Data>(route: string, call: Call, context: CallContext): Promise<Answer<Data>>
  /** The values of all pages, or of so many that there are `enough`; one request for each. */
  all<Value>(route: string, parameters: Parameters, context: CallContext, enough?: number): Promise<Value[]>
}

export type Parameters = Record<string, string | number | boolean | string[]>

export interface Call {
  parameters?: Parameters
  json?: object
  /** In place of `json`. */
  raw?: RawBody
  /** The answer as an `ArrayBuffer`, though it may call itself JSON. */
  bytes?: boolean
}

interface Page<Value> {
  values?: Value[]
  next?: string
}

export interface ClientParts {
  urls: BaseUrls
  authorization: Authorization
  transport: Transport
}

export function createClient({ urls, authorization, transport }: ClientParts): BitbucketClient {
  const { request } = new Bitbucket({ baseUrl: urls.api, notice: false })

  async function call<Data>(route: string, wanted: Call, context: CallContext): Promise<Answer<Data>> {
    const answer = await exchange<Data>(route, wanted, context)
    if (answer.status < 300 || answer.status === 304) return answer
    const { location } = answer.headers
    if (!route.startsWith('GET ') || location === undefined) throw moved(answer.status, context)
    const next = new URL(location, urls.api).href
    const further = await exchange<Data>(
      `GET ${ownUrl(next, urls, context)}`,
      { bytes: wanted.bytes === true },
      context,
    )
    if (further.status >= 300) throw moved(further.status, context)
    return further
  }

  async function exchange<Data>(
    route: string,
    { parameters, json, raw, bytes = false }: Call,
    context: CallContext,
  ): Promise<Answer<Data>> {
    context.signal?.throwIfAborted()
    const wire = oneExchange(transport, raw, bytes)
    try {
      const { data, status, headers } = await request(route, {
        ...parameters,
        // As `_body`: a body's own `url` would be taken for the request's.
        ...(json === undefined ? {} : { _body: json }),
        headers: { authorization: authorization.header, 'user-agent': 'pullwright' },
        request: { fetch: wire.fetch, ...(context.signal === undefined ? {} : { signal: context.signal }) },
      })
      return { data: data as Data, status, headers }
    } catch (error) {
      context.signal?.throwIfAborted()
      const {
        status,
        error: body,
        headers,
      } = error as { status?: number; error?: unknown; headers?: Record<string, string> }
      if (status === 304) return { data: undefined as Data, status, headers: headers ?? {} }
      throw toVcsError(wire.failure() ?? error, { status, body: plain(body) }, context, authorization)
    }
  }

  return {
    urls,
    call,
    async all<Value>(route: string, parameters: Parameters, context: CallContext, enough = Number.POSITIVE_INFINITY) {
      const values: Value[] = []
      let { data } = await call<Page<Value>>(route, { parameters }, context)
      for (;;) {
        values.push(...(data.values ?? []))
        if (data.next === undefined || values.length >= enough) return values
        data = (await call<Page<Value>>(`GET ${ownUrl(data.next, urls, context)}`, {}, context)).data
      }
    },
  }
}

function moved(status: number, { repository, doing }: CallContext): VcsError {
  const message = `Cannot ${doing} in ${repository}: Bitbucket answers a redirect. Has the repository moved? Use its new name.`
  return new VcsError('not-found', message, { status })
}

/** Only to the API itself: the credential goes along. Braces would be taken for a template. */
export function ownUrl(url: string, { api }: BaseUrls, context: CallContext): string {
  if (URL.canParse(url) && new URL(url).origin === new URL(api).origin) {
    return url.replaceAll('{', '%7B').replaceAll('}', '%7D')
  }
  const message = `Cannot ${context.doing} in ${context.repository}: Bitbucket's answer leads to another host. Check baseUrl.`
  throw new VcsError('unavailable', message)
}

/**
 * The library loses three things of an exchange, which are kept here: why there was no answer, a body that is not JSON,
 * and the bytes of an answer without a content type or with another than JSON.
 */
function oneExchange(transport: Transport, raw: RawBody | undefined, bytes: boolean) {
  let failure: unknown = null
  return {
    failure: () => failure,
    async fetch(url: string, init: RequestInit): Promise<Response> {
      const body =
        raw === undefined ? {} : { body: raw.bytes as Uint8Array<ArrayBuffer>, headers: rawHeaders(init, raw) }
      try {
        const response = await transport.fetch(url, { ...init, ...body })
        const type = response.headers.get('content-type') ?? ''
        if ((bytes && response.ok) || !type.includes('application/json'))
          response.headers.set('content-type', 'application/octet-stream')
        return response
      } catch (error) {
        failure = error
        throw error
      }
    },
  }
}

function rawHeaders(init: RequestInit, { type }: RawBody): Record<string, string> {
  return { ...(init.headers as Record<string, string>), 'content-type': type }
}

/** What the transport threw, or Bitbucket's refusal. What the guard refused stays as it is: trying again is no use. */
function toVcsError(
  error: unknown,
  { status, body }: { status: number | undefined; body: unknown },
  context: CallContext,
  { hide }: Authorization,
): unknown {
  if (isVcsError(error)) return error
  if (isPullwrightError(error)) {
    if (error.code !== 'transport') return error
    return new VcsError('unavailable', `Bitbucket did not answer: ${error.message}`, { cause: error })
  }
  if (body === undefined || status === undefined) {
    const message = hide(error instanceof Error ? error.message : 'no answer')
    return new VcsError('unavailable', `Cannot ${context.doing} in ${context.repository}: ${message}`)
  }
  const refusal = refusalOf(status, body)
  return bitbucketError({ ...refusal, message: hide(refusal.message) }, context)
}

function plain(body: unknown): unknown {
  return body instanceof ArrayBuffer ? Buffer.from(body).toString('utf8') : body
}
