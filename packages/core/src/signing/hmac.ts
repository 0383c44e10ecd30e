import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** Bytes in a block of SHA-256; its answer has 32 (FIPS 180-4). */
const BLOCK = 64
/** Characters or bytes: a longer body is not copied, which would cost what is gained. */
const SHORT = 1_536
const SHORT_PREFIX = 256
const MOST_BYTES_OF_A_CHARACTER = 3

/** Both are written by each call and read within it. */
const inner = Buffer.alloc(BLOCK + (SHORT_PREFIX + SHORT) * MOST_BYTES_OF_A_CHARACTER)
const outer = Buffer.alloc(BLOCK + 32)
const innerKey = new Int32Array(inner.buffer, inner.byteOffset, BLOCK / 4)
const outerKey = new Int32Array(outer.buffer, outer.byteOffset, BLOCK / 4)

/**
 * HMAC-SHA256 over `prefix` and the raw body; a long body is not copied. `base64` is the writing of the key as well; with
 * `hex` the key is the bytes of its text. Node decodes it: some versions take five times as long over one given as bytes.
 *
 * For a short body it is put together as RFC 2104, section 2 defines it, H(K xor opad, H(K xor ipad, text)): making and
 * ending an `Hmac` object costs more than hashing so little, and two one-shot hashes need none.
 */
export function hmacSha256(key: string, prefix: string, body: string | Uint8Array, encoding: 'hex' | 'base64'): string {
  const written = encoding === 'hex' ? 'utf8' : encoding
  if (body.length > SHORT || prefix.length > SHORT_PREFIX || Buffer.byteLength(key, written) > BLOCK) {
    return createHmac('sha256', key, { encoding: written }).update(prefix).update(body).digest(encoding)
  }
  writeKey(key, written)
  const end = writeText(prefix, body)
  outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK, 'binary')
  const answer = hash('sha256', outer, encoding)
  // These bytes tell the key: they must not stay.
  innerKey.fill(0)
  outerKey.fill(0)
  return answer
}

/** Where all is zero that the key does not fill. */
function writeKey(key: string, written: 'utf8' | 'base64'): void {
  inner.write(key, written)
  for (let word = 0; word < innerKey.length; word++) {
    const bytes = innerKey[word] ?? 0
    innerKey[word] = bytes ^ 0x36363636
    outerKey[word] = bytes ^ 0x5c5c5c5c
  }
}

/** Answers where it ends. */
function writeText(prefix: string, body: string | Uint8Array): number {
  const bodyAt = BLOCK + inner.write(prefix, BLOCK)
  if (typeof body === 'string') return bodyAt + inner.write(body, bodyAt)
  inner.set(body, bodyAt)
  return bodyAt + body.length
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
