import type { IncomingMessage } from 'node:http'

/** The path and query as the middleware sees them: below its mount point. */
export function urlOf(req: IncomingMessage): URL {
  const target = req.url ?? '/'
  // The absolute form, which proxies use, carries a host of its own; `*` names nothing we have.
  const { pathname, search } = URL.canParse(target) ? new URL(target) : new URL(below(target))
  const url = new URL(below(pathname + search))
  if (req.headers.host !== undefined) url.host = req.headers.host
  return url
}

function below(path: string): string {
  return `http://localhost${path.startsWith('/') ? path : '/*'}`
}

/**
 * A standard request over Node's own. The body streams, so whoever reads it decides how much. Where somebody has
 * already read it, the result counts as read, too: `bodyUsed` is true.
 */
export async function toRequest(req: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const method = req.method ?? 'GET'
  const init = { method, headers: headersOf(req), signal }
  if (method === 'GET' || method === 'HEAD') return new Request(urlOf(req), init)
  if (req.readableDidRead) return spent(new Request(urlOf(req), { ...init, body: 'read' }))
  return new Request(urlOf(req), { ...init, body: streamOf(req), duplex: 'half' })
}

/** Cancelling must not destroy the socket: the refusal still has to be written to it. */
function streamOf(req: IncomingMessage) {
  return ReadableStream.from<Uint8Array>(req.iterator({ destroyOnReturn: false }))
}

async function spent(request: Request): Promise<Request> {
  await request.text()
  return request
}

/** Without the pseudo-headers of HTTP/2. */
function headersOf(req: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) {
    if (name.startsWith(':')) continue
    for (const one of [value ?? []].flat()) headers.append(name, one)
  }
  return headers
}
