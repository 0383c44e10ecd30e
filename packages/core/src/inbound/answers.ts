import type { JsonObject, JsonValue } from '../json.ts'

/** Set on every answer: nothing of ours may be cached or sniffed. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

export interface ProblemOptions {
  /** What to do about it. Never a secret, never the sender's own text. */
  detail?: string
  headers?: Record<string, string>
  /** Further members. */
  more?: JsonObject
}

/** A JSON answer with the security headers. */
export function jsonResponse(status: number, body: JsonValue, headers: Record<string, string> = {}): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  return new Response(bytes, {
    status,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      // Whoever writes it to a socket knows that it is whole, and needs one write.
      'content-length': String(bytes.byteLength),
      ...headers,
    },
  })
}

/** An error answer: problem details of RFC 9457. `code` is stable, and `type` is made of it. */
export function problemResponse(status: number, code: string, title: string, options: ProblemOptions = {}): Response {
  const body: JsonObject = { type: `urn:pullwright:problem:${code}`, title, status, code }
  if (options.detail !== undefined) body.detail = options.detail
  Object.assign(body, options.more)
  return jsonResponse(status, body, { ...options.headers, 'content-type': 'application/problem+json; charset=utf-8' })
}
