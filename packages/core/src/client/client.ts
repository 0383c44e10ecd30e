import { PullwrightError } from '../errors.ts'
import { API_PREFIX, OPERATIONS, type Operation, type OperationId } from '../http-api/operations.ts'
import { errorOf, unexpected } from './api-error.ts'
import { pages } from './pages.ts'
import type { CallOptions, Client, ClientOptions } from './types.ts'

/**
 * The admin API as methods. Rejects with `PullwrightApiError` where it refuses (of the code `unexpected` where somebody else
 * answers), and with a `PullwrightError` of the code `transport` where there is no answer, or not all of it.
 */
export function createClient(options: ClientOptions): Client {
  const client: Record<string, Record<string, unknown>> = {}
  for (const id of Object.keys(OPERATIONS) as OperationId[]) {
    const [resource = '', verb = ''] = id.split('.')
    client[resource] = { ...client[resource], [verb]: methodOf(id, options) }
  }
  return client as Client
}

type Query = Readonly<Record<string, unknown>>

interface Given {
  id: unknown
  query: Query | undefined
  body: unknown
  options: CallOptions
}

function methodOf(id: OperationId, options: ClientOptions) {
  const operation: Operation = OPERATIONS[id]
  return (...given: unknown[]): unknown => {
    const call: Given = {
      id: operation.path.includes('{id}') ? given.shift() : undefined,
      query: operation.takes === 'query' ? (given.shift() as Query | undefined) : undefined,
      body: operation.takes === 'body' ? given.shift() : undefined,
      options: (given.shift() ?? {}) as CallOptions,
    }
    const send = (query: Query) => request(id, operation, { ...call, query }, options)
    return operation.takes === 'query' && !operation.text ? pages(call.query ?? {}, send) : send(call.query ?? {})
  }
}

async function request(id: OperationId, operation: Operation, call: Given, client: ClientOptions): Promise<unknown> {
  const { fetch: send = globalThis.fetch, headers = {} } = client
  const { signal } = call.options
  const own = typeof headers === 'function' ? await headers() : headers
  const response = await send(urlOf(operation, call, client.baseUrl), {
    method: operation.method,
    headers: { ...own, ...headersOf(call) },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch(lost)
  const unready = id === 'service.ready' && response.status === 503 && isOurs(operation, response)
  if (!response.ok && !unready) throw await errorOf(response)
  if (response.status === 204) return undefined
  if (!isOurs(operation, response)) throw unexpected(response)
  const text = await response.text().catch(lost)
  return operation.text ? text : jsonIn(text, response)

  function lost(cause: unknown): never {
    if (signal?.aborted) throw cause
    throw new PullwrightError('transport', `There is no answer from ${client.baseUrl}`, { cause })
  }
}

/** A page to sign in at, or a host's own, may be answered with 200 as well. */
function isOurs({ text }: Operation, { headers }: Response): boolean {
  return (text ? /^(application\/jsonl|text\/csv)\b/ : /^application\/json\b/).test(headers.get('content-type') ?? '')
}

function jsonIn(text: string, response: Response): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unexpected(response)
  }
}

function headersOf({ body, options }: Given): Record<string, string> {
  const { idempotencyKey, version } = options
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(version === undefined ? {} : { 'if-match': version === '*' ? '*' : `"${version}"` }),
  }
}

function urlOf({ path }: Operation, { id, query = {} }: Given, baseUrl: string): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) search.append(name, String(one))
  }
  const text = search.size === 0 ? '' : `?${search}`
  return `${baseUrl.replace(/\/+$/, '')}${API_PREFIX}${path.replace('{id}', () => encodeURIComponent(nameOf(id)))}${text}`
}

/** An empty name would ask for the list, and dots for something else. */
function nameOf(id: unknown): string {
  if (typeof id === 'string' && !/^\.{0,2}$/.test(id)) return id
  throw new PullwrightError('invalid-argument', 'Give the id as a text, such as `end_01…`')
}
