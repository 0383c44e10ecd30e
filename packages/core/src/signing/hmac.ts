import { createHmac, timingSafeEqual } from 'node:crypto'

/** Up to so many characters putting two texts together is quicker than a second update. */
const SHORT = 4_096

/** How a key is written: in base64, or as the bytes of its text. */
export const BASE64_KEY = { encoding: 'base64' } as const
export const TEXT_KEY = { encoding: 'utf8' } as const

/**
 * HMAC-SHA256 over `prefix` and the raw body; a long body is not copied. Node decodes the key: some versions take five times
 * as long over one given as bytes.
 */
export function hmacSha256(
  key: string,
  written: typeof BASE64_KEY | typeof TEXT_KEY,
  prefix: string,
  body: string | Uint8Array,
  encoding: 'hex' | 'base64',
): string {
  const hmac = createHmac('sha256', key, written)
  if (typeof body === 'string' && body.length <= SHORT) return hmac.update(prefix + body).digest(encoding)
  if (prefix !== '') hmac.update(prefix)
  return hmac.update(body).digest(encoding)
}

/** In constant time, the lengths apart: those of signatures are no secret. */
export function equalText(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** In constant time and whatever the lengths: for secrets that are sent as they are. */
export function equalSecret(a: string, b: string): boolean {
  const blind = (text: string) => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(blind(a), blind(b))
}

const PREFIX = 'whsec_'
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/** The key's base64 in `whsec_<base64>` or in bare base64; null where the secret is neither. */
export function standardKey(secret: string): string | null {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  if (!BASE64.test(encoded)) return null
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0
  return (encoded.length - padding) % 4 === 1 ? null : encoded
}
