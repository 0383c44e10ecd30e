import { createHmac } from 'node:crypto'
import { PullwrightError } from '../errors.ts'

/** What stands in place of a secret. */
export interface Mask {
  /** The mask for one secret: the same text for all, or with a fingerprint that differs where the secrets do. */
  of(secret: unknown): string
  /** Whether the whole text is a mask already. */
  is(text: string): boolean
  /** Where the mask that starts here ends, or -1. */
  endAt(text: string, start: number): number
  /** What every mask starts with. */
  readonly start: string
}

const FINGERPRINT = /^:[0-9a-f]{4}/

/**
 * With a fingerprint key, four hex digits of HMAC-SHA256 stand in the mask: enough for a reviewer to see that a secret
 * changed, too little to guess it by. A mask in brackets keeps them inside: `[REDACTED:ab12]`.
 */
export function createMask(replacement = '[REDACTED]', fingerprintKey?: string | Uint8Array): Mask {
  if (typeof replacement !== 'string' || replacement === '') {
    throw new PullwrightError('invalid-argument', 'The replacement of secrets must be text, and not empty')
  }
  if (fingerprintKey !== undefined && fingerprintKey.length === 0) {
    throw new PullwrightError(
      'invalid-argument',
      'The fingerprint key is empty: without a key, fingerprints can be guessed',
    )
  }
  const close = /[\])}>]$/.exec(replacement)?.[0] ?? ''
  const start = replacement.slice(0, replacement.length - close.length)
  const endAt = (text: string, at: number) => {
    if (!text.startsWith(start, at)) return -1
    const after = at + start.length
    const end = after + (FINGERPRINT.exec(text.slice(after, after + 5))?.[0].length ?? 0)
    return text.startsWith(close, end) ? end + close.length : -1
  }
  return {
    of: (secret) =>
      fingerprintKey === undefined
        ? replacement
        : `${start}:${fingerprint(fingerprintKey, secret).slice(0, 4)}${close}`,
    is: (text) => endAt(text, 0) === text.length,
    endAt,
    start,
  }
}

/** HMAC-SHA256 of a secret, in hex: the same for equal values. */
export function fingerprint(key: string | Uint8Array, secret: unknown): string {
  const text = typeof secret === 'string' ? secret : `json:${sorted(secret)}`
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Equal values give equal text whatever the order of their keys. What JSON cannot hold is named by its type. */
function sorted(value: unknown): string {
  try {
    const byKey = (_: string, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner
    return JSON.stringify(value, byKey) ?? typeof value
  } catch {
    return typeof value // circular, a bigint, or nested too deep
  }
}
