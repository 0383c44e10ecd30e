import { isUtf8 } from 'node:buffer'
import type { JsonObject } from '../json.ts'
import type { TransportResponse, TransportTimings } from '../ports/transport.ts'
import type { Redactor } from '../redaction/redactor.ts'

/** What an attempt keeps of its request and answer. Nothing secret is in it. */
export interface DeliveryCapture extends JsonObject {
  request: { method: string; url: string; headers: Record<string, string>; bytes: number }
  response: CapturedResponse | null
  /** Milliseconds for each phase; null where it did not happen. */
  timings: { [Phase in keyof TransportTimings]: number | null }
  /** A stable class (`refused`, `timeout-total`, `http-503`, …) and a sentence; null where the delivery arrived. */
  error: { class: string; message: string } | null
}

export interface CapturedResponse extends JsonObject {
  status: number
  headers: Record<string, string>
  /** Text, or a note in brackets where it is none or did not arrive whole. */
  body: string
  truncated: boolean
}

/** Bytes of an answer that are kept, before and after decompression. */
export const CAPTURE_LIMIT = 64 * 1024

const HIDDEN = '[REDACTED]'
/** Headers that carry credentials by definition (RFC 9110, RFC 6265). */
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-gitlab-token'])
const TEXT_TYPE = /^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript|x-www-form-urlencoded|problem\+json))/i
/** Shorter values would black out half a page. */
const SHORTEST_SECRET = 6

export interface CaptureRedactor extends Pick<Redactor, 'text' | 'url'> {
  /** Its value is hidden where its name tells of a secret. */
  header(name: string, value: string): ShownHeader
  /** A whole body: JSON is hidden by the names of its members too. */
  body(text: string): string
}

export interface ShownHeader {
  readonly name: string
  readonly value: string
}

export interface Capturing {
  redactor: CaptureRedactor
  /** Known values to hide wherever a receiver repeats them: signing secrets, values of own headers. */
  secrets: readonly string[]
}

/** Request headers as kept: an endpoint's own are hidden, whatever they are called. */
export function captureRequestHeaders(
  headers: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const mine = Object.keys(own).map((name) => name.toLowerCase())
  const shown: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    put(shown, name, mine.includes(name) || SECRET_HEADERS.has(name) ? HIDDEN : (headers[name] ?? ''))
  }
  return shown
}

/** An answer as kept. */
export function captureResponse(answer: TransportResponse, capturing: Capturing): CapturedResponse {
  return {
    status: answer.status,
    headers: captureResponseHeaders(answer.headers, capturing),
    body: captureBody(answer, capturing),
    truncated: answer.truncated,
  }
}

/** Text with every known secret and everything that looks like one taken out. */
export function hideSecrets(text: string, { redactor, secrets }: Capturing): string {
  return redactor.text(hideKnown(text, secrets))
}

export function captureResponseHeaders(
  headers: Readonly<Record<string, string>>,
  capturing: Capturing,
): Record<string, string> {
  const shown: Record<string, string> = {}
  const { redactor, secrets } = capturing
  for (const given of Object.keys(headers)) {
    const known = SECRET_HEADERS.has(given) ? HIDDEN : hideKnown(headers[given] ?? '', secrets)
    // The name that was given says whether the value is a secret, whatever of it may be shown.
    const { name, value } = redactor.header(given, known)
    const named = hideKnown(given, secrets)
    put(shown, named === given ? name : redactor.text(named), value)
  }
  return shown
}

function captureBody({ body, headers, truncated }: TransportResponse, capturing: Capturing): string {
  if (body.length === 0) return ''
  const type = (headers['content-type'] ?? 'text/plain').trim()
  const text = TEXT_TYPE.test(type) ? decode(body, truncated) : null
  if (text === null) return `[${body.length} bytes of ${hideSecrets(type.slice(0, 100), capturing)}]`
  const known = hideKnown(text, capturing.secrets)
  return truncated ? capturing.redactor.text(known) : capturing.redactor.body(known)
}

/** Null for what is no UTF-8 text. A character cut in two at the end is left out. */
function decode(bytes: Uint8Array, cut: boolean): string | null {
  try {
    const text = cut
      ? new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
      : isUtf8(bytes)
        ? UTF8.decode(bytes)
        : null
    return text === null || text.includes('\u0000') ? null : text
  } catch {
    return null
  }
}

const UTF8 = new TextDecoder('utf-8')

function hideKnown(text: string, secrets: readonly string[]): string {
  let hidden = text
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET && hidden.includes(secret)) hidden = hidden.replaceAll(secret, () => HIDDEN)
  }
  return hidden
}

/** An assignment would set the prototype of an object instead of a member of that name. */
function put(headers: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__') Object.defineProperty(headers, name, { value, ...ORDINARY })
  else headers[name] = value
}

const ORDINARY = { enumerable: true, configurable: true, writable: true }
