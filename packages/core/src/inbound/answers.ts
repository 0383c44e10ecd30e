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
}

/** A JSON answer with the security headers. */
export function jsonResponse(status: number, body: JsonValue, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...SECURITY_HEADERS, 'content-type': 'application/json; charset=utf-8', ...headers },
  })
}

/**
 * An error answer: problem details of RFC 9457 with `type` left at `about:blank` and a stable `code`, the last part of
 * which hosts may rely on.
 */
export function problemResponse(status: number, code: string, title: string, options: ProblemOptions = {}): Response {
  const body: JsonObject = { type: 'about:blank', title, status, code }
  if (options.detail !== undefined) body.detail = options.detail
  return jsonResponse(status, body, { ...options.headers, 'content-type': 'application/problem+json; charset=utf-8' })
}
