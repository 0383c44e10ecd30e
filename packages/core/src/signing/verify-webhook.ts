import { checkBody, invalidArgument, secretsOf } from './check-input.ts'
import { equalText, hmacSha256, standardKey } from './hmac.ts'
import { readHeader, type WebhookHeaders } from './read-header.ts'
import { DEFAULT_TOLERANCE_SECONDS, headersOf, type SchemeHeaders, type WebhookScheme } from './schemes.ts'

export interface VerifyRequest {
  /** One or several; `secretIndex` says which one matched. */
  secrets: string | readonly string[]
  headers: WebhookHeaders
  /** The raw bytes as they came, before any parser. */
  body: string | Uint8Array
  /** Default: the system's clock. A number is milliseconds since the epoch. */
  now?: Date | number
  /** How far the signed time may be off, either way. Default 300; schemes without a time ignore it. */
  toleranceSeconds?: number
}

export type VerifyFailure =
  | 'missing-header' // a header the scheme needs is absent or empty
  | 'malformed-header' // it is there and not of the scheme's form
  | 'timestamp-too-old'
  | 'timestamp-too-new'
  | 'no-match' // no signature fits any secret: forged, changed on the way, parsed and written again, or another secret
  | 'no-secret' // no secret was given to verify with

/** `id` and `timestamp` where the scheme has them. Only `standard`, and `gitlab` when it signs, sign the id as well. */
export type VerifyResult =
  | { ok: true; id?: string; timestamp?: Date; secretIndex: number }
  | { ok: false; reason: VerifyFailure }

/**
 * Whether a webhook came from who holds the secret, unchanged. Signatures are compared in constant time. A secret that is
 * not of the scheme's form matches nothing. Throws `invalid-argument` for a body that is not raw, an unknown scheme or a
 * tolerance that is no number.
 */
export function verifyWebhook(scheme: WebhookScheme, request: VerifyRequest): VerifyResult {
  const names = headersOf(scheme)
  const secrets = secretsOf(request.secrets)
  const context: Context = { secrets, headers: request.headers, body: checkBody(request.body), request }
  if (!secrets.some(Boolean)) return refused('no-secret')
  if (scheme === 'standard') return verifyStandard(context)
  if (scheme === 'gitlab') return verifyGitlab(context)
  if (scheme === 'agenta') return verifyAgenta(context)
  return verifyBodyOnly(scheme, names, context)
}

interface Context {
  /** Unusable ones are empty, so that an index stays what it was. */
  secrets: readonly string[]
  headers: WebhookHeaders
  body: string | Uint8Array
  request: VerifyRequest
}

const SECONDS = /^\d{1,12}$/
const HEX_DIGEST = /^[0-9a-f]{64}$/

function verifyStandard({ secrets, headers, body, request }: Context): VerifyResult {
  const id = readHeader(headers, 'webhook-id')
  const seconds = readHeader(headers, 'webhook-timestamp')
  const signature = readHeader(headers, 'webhook-signature')
  if (id === null || seconds === null || signature === null) return refused('missing-header')
  // With a dot in the id, part of the body could be passed off as the time.
  if (id.includes('.') || !SECONDS.test(seconds)) return refused('malformed-header')
  const given = standardSignatures(signature)
  if (given === null) return refused('malformed-header')
  const far = tooFar(Number(seconds), request)
  if (far !== null) return refused(far)
  const prefix = `${id}.${seconds}.`
  const secretIndex = matching(secrets, given, (secret) => {
    const key = standardKey(secret)
    return key && hmacSha256(key, prefix, body, 'base64')
  })
  return answer(secretIndex, id, Number(seconds))
}

/** Those of version `v1`; null where nothing has the form `version,signature`. `v1a` is another algorithm, not ours to judge. */
function standardSignatures(header: string): string[] | null {
  const given: string[] = []
  let isWellFormed = false
  for (const part of header.split(/\s/)) {
    const entry = part.endsWith(',') ? part.slice(0, -1) : part
    const comma = entry.indexOf(',')
    if (comma < 1 || comma === entry.length - 1) continue
    isWellFormed = true
    if (comma === 2 && entry.startsWith('v1')) given.push(entry.slice(3))
  }
  return isWellFormed ? given : null
}

function verifyGitlab(context: Context): VerifyResult {
  const { secrets, headers } = context
  // A request that claims to be signed is judged by its signature alone: falling back would let anyone strip it.
  if (readHeader(headers, 'webhook-signature') !== null) return verifyStandard(context)
  const token = readHeader(headers, 'x-gitlab-token')
  if (token === null) return refused('missing-header')
  // Sent as they are, secrets are compared as digests: that takes the same time whatever their lengths.
  const blind = (text: string) => hmacSha256('compare', '', text, 'hex')
  const secretIndex = matching(secrets, [blind(token)], blind)
  return answer(secretIndex, readHeader(headers, 'x-gitlab-event-uuid'))
}

function verifyAgenta({ secrets, headers, body, request }: Context): VerifyResult {
  const header = readHeader(headers, 'x-agenta-signature')
  if (header === null) return refused('missing-header')
  const valuesOf = (start: string) =>
    partsOf(header).flatMap((part) => (part.startsWith(start) ? [part.slice(start.length)] : []))
  const [seconds = '', ...otherTimes] = valuesOf('t=')
  const given = valuesOf('v1=').map((digest) => digest.toLowerCase())
  const wellFormed = given.length > 0 && given.every((digest) => HEX_DIGEST.test(digest))
  if (!wellFormed || otherTimes.length > 0 || !SECONDS.test(seconds)) {
    return refused('malformed-header')
  }
  const far = tooFar(Number(seconds), request)
  if (far !== null) return refused(far)
  const prefix = `${seconds}.`
  const secretIndex = matching(secrets, given, (secret) => hmacSha256(secret, prefix, body, 'hex'))
  return answer(secretIndex, readHeader(headers, 'x-agenta-delivery-id'), Number(seconds))
}

function verifyBodyOnly(
  scheme: WebhookScheme,
  names: SchemeHeaders,
  { secrets, headers, body }: Context,
): VerifyResult {
  const header = readHeader(headers, names.signature.toLowerCase())
  if (header === null) return refused('missing-header')
  const named = scheme === 'agentaSha256' ? besideAgenta(header) : header
  const given = named.startsWith('sha256=') ? named.slice('sha256='.length).toLowerCase() : ''
  if (!HEX_DIGEST.test(given)) return refused('malformed-header')
  const secretIndex = matching(secrets, [given], (secret) => hmacSha256(secret, '', body, 'hex'))
  return answer(secretIndex, readHeader(headers, names.id.toLowerCase()))
}

/** An endpoint with both of Agenta's schemes has both in the one header: `t=…,v1=…` and `sha256=…`, in either order. */
function besideAgenta(header: string): string {
  return partsOf(header)
    .filter((part) => !/^(t|v1)=/.test(part))
    .join(',')
}

function partsOf(header: string): string[] {
  return header.split(',').map((part) => part.trim())
}

/** The first secret with which one of the given signatures fits, or -1; null where a secret cannot sign. */
function matching(
  secrets: readonly string[],
  given: readonly string[],
  sign: (secret: string) => string | null,
): number {
  return secrets.findIndex((secret) => {
    const expected = secret && sign(secret)
    return expected && given.some((one) => equalText(one, expected))
  })
}

function answer(secretIndex: number, id: string | null, seconds?: number): VerifyResult {
  if (secretIndex < 0) return refused('no-match')
  const result: VerifyResult = { ok: true, secretIndex }
  if (id !== null) result.id = id
  if (seconds !== undefined) result.timestamp = new Date(seconds * 1000)
  return result
}

function refused(reason: VerifyFailure): VerifyResult {
  return { ok: false, reason }
}

function tooFar(seconds: number, { now = Date.now(), toleranceSeconds = DEFAULT_TOLERANCE_SECONDS }: VerifyRequest) {
  const clock = Math.floor((now instanceof Date ? now.getTime() : Number(now)) / 1000)
  if (Number.isNaN(clock) || !(toleranceSeconds >= 0)) {
    throw invalidArgument('now must be a valid Date and toleranceSeconds at least 0')
  }
  if (seconds < clock - toleranceSeconds) return 'timestamp-too-old'
  return seconds > clock + toleranceSeconds ? 'timestamp-too-new' : null
}
