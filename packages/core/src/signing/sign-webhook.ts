import { BASE64_KEY, hmacSha256, standardKey, TEXT_KEY } from './hmac.ts'
import { checkBody, invalidArgument } from './invalid-argument.ts'
import { SCHEME_HEADERS, type WebhookScheme } from './schemes.ts'

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
  const names = Object.hasOwn(SCHEME_HEADERS, scheme) ? SCHEME_HEADERS[scheme] : undefined
  if (names === undefined) throw invalidArgument(`There is no signing scheme ${JSON.stringify(scheme)}`)
  const { id } = request
  if (typeof id !== 'string' || !ID.test(id)) {
    throw invalidArgument('A webhook id must be visible ASCII without a dot')
  }
  const body = checkBody(request.body)
  const seconds = secondsOf(request.timestamp)
  const secrets = secretsOf(request.secrets)
  const [first = ''] = secrets
  if (scheme === 'standard') return standardHeaders(secrets, id, seconds, body)
  if (scheme === 'gitlab' && isSigningToken(first)) {
    return { ...standardHeaders(secrets.filter(isSigningToken), id, seconds, body), 'Idempotency-Key': id }
  }
  const headers: Record<string, string> = { [names.signature]: signature(), [names.id]: id }
  if (names.alsoId !== undefined) headers[names.alsoId] = id
  return headers

  function signature(): string {
    if (scheme === 'gitlab') return first
    if (scheme !== 'agenta') return `sha256=${hmacSha256(first, TEXT_KEY, '', body, 'hex')}`
    const prefix = `${seconds}.`
    let header = `t=${seconds}`
    for (const secret of secrets) header += `,v1=${hmacSha256(secret, TEXT_KEY, prefix, body, 'hex')}`
    return header
  }
}

const ID = /^[!-\-/-~]+$/

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
    signatures += `v1,${hmacSha256(keyOf(secret), BASE64_KEY, prefix, body, 'base64')}`
  }
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures }
}

function keyOf(secret: string): string {
  const key = standardKey(secret)
  if (key !== null) return key
  throw invalidArgument('A `standard` secret must be base64, with or without `whsec_`: see generateSecret()')
}

/** GitLab signs with a `whsec_` token of 32 bytes and sends any other secret as it stands. Bare base64 that long counts too. */
function isSigningToken(secret: string): boolean {
  const key = standardKey(secret)
  return key !== null && (secret.startsWith('whsec_') || Buffer.byteLength(key, 'base64') >= 24)
}

function secretsOf(secrets: string | readonly string[]): readonly string[] {
  if (typeof secrets === 'string' && secrets !== '') return [secrets]
  const given = typeof secrets === 'string' ? [] : [...(secrets ?? [])]
  if (given.length > 0 && given.every((secret) => typeof secret === 'string' && secret !== '')) return given
  throw invalidArgument('Give at least one secret, and no empty one')
}

function secondsOf(timestamp: Date | number): number {
  const seconds = Math.floor((timestamp instanceof Date ? timestamp.getTime() : Number(timestamp)) / 1000)
  if (timestamp !== null && Number.isFinite(seconds) && seconds >= 0) return seconds
  throw invalidArgument('The timestamp must be a valid Date')
}
