import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** Bytes in a block of SHA-256; its answer has 32 (FIPS 180-4). */
const BLOCK = 64
/** Bodies up to this length are signed in two hashes; above it copying one costs what is gained. */
const SHORT = 1_536

/**
 * HMAC-SHA256 over `prefix` and the raw body; a long body is not copied. `base64` is the writing of the key as well; with
 * `hex` the key is the bytes of its text. Node decodes it: some versions take five times as long over one given as bytes.
 *
 * For a short body it is put together as RFC 2104, section 2 defines it, H(K xor opad, H(K xor ipad, text)): making and
 * ending an `Hmac` object costs more than hashing so little, and two one-shot hashes need none.
 */
export function hmacSha256(key: string, prefix: string, body: string | Uint8Array, encoding: 'hex' | 'base64'): string {
  const written = encoding === 'hex' ? 'utf8' : encoding
  if (body.length > SHORT || Buffer.byteLength(key, written) > BLOCK) {
    return createHmac('sha256', key, { encoding: written }).update(prefix).update(body).digest(encoding)
  }
  const bodyAt = BLOCK + Buffer.byteLength(prefix)
  const inner = Buffer.allocUnsafe(bodyAt + Buffer.byteLength(body))
  const outer = Buffer.allocUnsafe(BLOCK + 32)
  const keyBytes = inner.write(key, written)
  for (let i = 0; i < BLOCK; i++) {
    const byte = i < keyBytes ? (inner[i] ?? 0) : 0
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  inner.write(prefix, BLOCK)
  if (typeof body === 'string') inner.write(body, bodyAt)
  else inner.set(body, bodyAt)
  outer.write(hash('sha256', inner, 'binary'), BLOCK, 'binary')
  const answer = hash('sha256', outer, encoding)
  // These bytes tell the key, and whoever is given memory that was not emptied may get them next.
  for (let i = 0; i < BLOCK; i++) inner[i] = outer[i] = 0
  return answer
}

/** In constant time, the lengths apart: those of signatures are no secret. */
export function equalText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

const PREFIX = 'whsec_'
const BASE64 = /^[\w+/-]+={0,2}$/

/** The key's base64 in `whsec_<base64>` or in bare base64; null where the secret is neither. */
export function standardKey(secret: string): string | null {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  if (!BASE64.test(encoded)) return null
  const end = encoded.indexOf('=')
  return (end < 0 ? encoded.length : end) % 4 === 1 ? null : encoded
}
