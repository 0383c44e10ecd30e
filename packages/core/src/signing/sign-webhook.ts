import { checkBody, invalidArgument, secretsOf } from './check-input.ts'
import { hmacSha256, standardKey } from './hmac.ts'
import { headersOf, type WebhookScheme } from './schemes.ts'

export interface SignRequest {
  /**
   * One or several. Several are for rotation: schemes with room for more than one signature carry one for each, the
   * others sign with the first. `standard` wants `whsec_<base64>` or bare base64; the others take the secret's UTF-8
   * bytes as they stand.
   */
  secrets: string | readonly string[]
  /** The delivery's id: visible ASCII without `.`, the same on every attempt. */
  id: string
  /** The attempt's time; seconds go into the signature. A number is milliseconds since the epoch. */
  timestamp: Date | number
  /** The bytes that will be sent. */
  body: string | Uint8Array
}

/**
 * The headers that sign a webhook: the signature, the id and, where the scheme has one, the time. What says anything
 * about the event itself, such as `X-Agenta-Event`, is the sender's to add. Throws `invalid-argument`.
 */
export function signWebhook(scheme: WebhookScheme, request: SignRequest): Record<string, string> {
  const names = headersOf(scheme)
  const { id } = request
  if (typeof id !== 'string' || !ID.test(id)) {
    throw invalidArgument('A webhook id must be visible ASCII without a dot')
  }
  const body = checkBody(request.body)
  const seconds = secondsOf(request.timestamp)
  const secrets = secretsOf(request.secrets)
  const [first] = secrets
  if (!first || secrets.includes('')) throw invalidArgument('Give at least one secret, none empty')
  if (scheme === 'standard') return standardHeaders(secrets, id, seconds, body)
  if (scheme === 'gitlab' && isSigningToken(first)) {
    return { ...standardHeaders(secrets.filter(isSigningToken), id, seconds, body), 'Idempotency-Key': id }
  }
  let signature = first
  if (scheme === 'agenta') signature = agentaSignature(secrets, seconds, body)
  else if (scheme !== 'gitlab') signature = `sha256=${hmacSha256(first, '', body, 'hex')}`
  const headers: Record<string, string> = { [names.signature]: signature, [names.id]: id }
  if (names.alsoId !== undefined) headers[names.alsoId] = id
  return headers
}

const ID = /^[!-\-/-~]+$/

function agentaSignature(secrets: readonly string[], seconds: number, body: string | Uint8Array): string {
  const prefix = `${seconds}.`
  let signature = `t=${seconds}`
  for (const secret of secrets) signature += `,v1=${hmacSha256(secret, prefix, body, 'hex')}`
  return signature
}

function standardHeaders(
  secrets: readonly string[],
  id: string,
  seconds: number,
  body: string | Uint8Array,
): Record<string, string> {
  const time = String(seconds)
  const prefix = `${id}.${time}.`
  let signatures = ''
  for (const secret of secrets) {
    if (signatures !== '') signatures += ' '
    signatures += `v1,${hmacSha256(keyOf(secret), prefix, body, 'base64')}`
  }
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures }
}

function keyOf(secret: string): string {
  const key = standardKey(secret)
  if (key !== null) return key
  throw invalidArgument('A `standard` secret must be base64, bare or after `whsec_`: see generateSecret()')
}

/** GitLab signs with a `whsec_` token of 32 bytes and sends any other secret as it stands. Bare base64 that long counts too. */
function isSigningToken(secret: string): boolean {
  const key = standardKey(secret)
  return key !== null && (secret.startsWith('whsec_') || Buffer.byteLength(key, 'base64') >= 24)
}

function secondsOf(timestamp: Date | number): number {
  const seconds = Math.floor((timestamp instanceof Date ? timestamp.getTime() : Number(timestamp)) / 1000)
  if (timestamp !== null && Number.isFinite(seconds) && seconds >= 0) return seconds
  throw invalidArgument('The timestamp must be a valid Date')
}
