import type { IncomingMessage } from 'node:http'

/**
 * A standard request over Node's own. The body streams, so whoever reads it decides how much. Where somebody has
 * already read it, the result counts as read, too: `bodyUsed` is true.
 */
export async function toRequest(req: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const url = new URL(req.url ?? '/', 'http://localhost')
  const host = req.headers.host
  if (host !== undefined && URL.canParse(`http://${host}/`)) url.host = host
  const method = req.method ?? 'GET'
  const init = { method, headers: headersOf(req), signal }
  if (method === 'GET' || method === 'HEAD') return new Request(url, init)
  if (req.readableDidRead) return spent(new Request(url, { ...init, body: 'read' }))
  return new Request(url, { ...init, body: streamOf(req), duplex: 'half' })
}

/** Cancelling must not destroy the socket: the refusal still has to be written to it. */
function streamOf(req: IncomingMessage) {
  return ReadableStream.from<Uint8Array>(req.iterator({ destroyOnReturn: false }))
}

async function spent(request: Request): Promise<Request> {
  await request.text()
  return request
}

function headersOf(req: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one)
  }
  return headers
}
