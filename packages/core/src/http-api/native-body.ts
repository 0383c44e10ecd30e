import type { RawRequest } from '../inbound/read-body.ts'

/**
 * A body parser that ran before us may have kept the bytes, in `rawBody` or, as `express.raw()` does, in `body`; then
 * the request's own body is spent.
 */
export function withRawBody(request: Request, native: unknown): Request | RawRequest {
  const { rawBody, body } = parts(native)
  const kept = [rawBody, body].find((bytes) => bytes instanceof Uint8Array)
  if (kept instanceof Uint8Array) return { headers: request.headers, body: kept }
  if (typeof rawBody === 'string') return { headers: request.headers, body: new TextEncoder().encode(rawBody) }
  return request
}

/** What a parser made of a JSON body that it read before us. No signature is made over it, so the value will do. */
export function parsedBody(request: Request, native: unknown): { value: unknown } | null {
  const { body } = parts(native)
  return request.bodyUsed && typeof body === 'object' && body !== null ? { value: body } : null
}

function parts(native: unknown): { rawBody?: unknown; body?: unknown } {
  return typeof native === 'object' && native !== null ? native : {}
}
