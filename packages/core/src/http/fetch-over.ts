import { PullwrightError } from '../errors.ts'
import type { TransportRequest, TransportResponse } from '../ports/transport.ts'
import { transportError } from './transport-error.ts'

type Fetch = typeof globalThis.fetch
type FetchInput = Parameters<Fetch>[0]
type FetchInit = NonNullable<Parameters<Fetch>[1]>
type Send = (request: TransportRequest) => Promise<TransportResponse>

/** Statuses whose `Response` must have no body (Fetch standard, 2.2.3). */
const NULL_BODY = new Set([204, 205, 304])
/** The transport sets these itself; a wrong one is refused by undici. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding', 'upgrade'])

/**
 * A transport in the shape of `fetch`, for client libraries. Answers real `Response`s whose body is complete; rejects
 * with the transport's own errors, also where `fetch` would with a `TypeError` or an `AbortError`. Redirects are
 * answered, never followed.
 */
export function fetchOver(send: Send): Fetch {
  return async (input: FetchInput, init: FetchInit = {}) => {
    const request = await toRequest(input, init)
    const answer = await send(request)
    const origin = new URL(request.url).origin
    if (answer.truncated) throw transportError('too-large', origin, { status: answer.status })
    if (answer.status < 200 || answer.status > 599) throw transportError('protocol', origin, { status: answer.status })
    const body = NULL_BODY.has(answer.status) ? null : (answer.body as Uint8Array<ArrayBuffer>)
    const response = new Response(body, { status: answer.status, headers: answer.headers })
    Object.defineProperty(response, 'url', { value: request.url })
    return response
  }
}

async function toRequest(input: FetchInput, init: FetchInit): Promise<TransportRequest> {
  const from = input instanceof Request ? input : null
  const method = (init.method ?? from?.method ?? 'GET').toUpperCase()
  const headers = new Headers(init.headers ?? from?.headers)
  const given = init.body === undefined ? (from?.body ?? null) : init.body
  const { body, type } = await readBody(given)
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
  const signal = init.signal ?? from?.signal
  return {
    method,
    url: urlOf(from?.url ?? String(input)),
    headers: Object.fromEntries([...headers].filter(([name]) => !OWN_HEADERS.has(name))),
    ...(body === null ? {} : { body }),
    ...(signal === undefined || signal === null ? {} : { signal }),
  }
}

async function readBody(body: unknown): Promise<{ body: string | Uint8Array | null; type: string | null }> {
  if (body === null || body === undefined) return { body: null, type: null }
  if (typeof body === 'string') return { body, type: 'text/plain;charset=UTF-8' }
  if (ArrayBuffer.isView(body))
    return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength), type: null }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body), type: null }
  // Forms, blobs and streams: the platform knows how to write them down.
  const carrier = new Response(body as ConstructorParameters<typeof Response>[0])
  return { body: new Uint8Array(await carrier.arrayBuffer()), type: carrier.headers.get('content-type') }
}

function urlOf(text: string): string {
  if (!URL.canParse(text)) throw new PullwrightError('invalid-argument', 'fetch needs an absolute URL.')
  return new URL(text).href
}
