import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** Bytes in a block of SHA-256; its answer has 32 (FIPS 180-4). */
const BLOCK = 64
const WORDS = BLOCK / 4
/** Characters or bytes: what is longer is not copied, which would cost what is gained. */
const SHORT = 1_536

/** Both are written by each call and read within it. A character takes three bytes at most. */
const innerWords = new Int32Array(WORDS + (SHORT * 3) / 4)
const outerWords = new Int32Array(WORDS + 32 / 4)
const inner = Buffer.from(innerWords.buffer)
const outer = Buffer.from(outerWords.buffer)

/**
 * HMAC-SHA256 over `prefix` and the raw body; a long body is not copied. `base64` is the writing of the key as well; with
 * `hex` the key is the bytes of its text. Node decodes it: some versions take five times as long over one given as bytes.
 *
 * For a short body it is put together as RFC 2104, section 2 defines it, H(K xor opad, H(K xor ipad, text)): making and
 * ending an `Hmac` object costs more than hashing so little, and two one-shot hashes need none.
 */
export function hmacSha256(key: string, prefix: string, body: string | Uint8Array, encoding: 'hex' | 'base64'): string {
  const written = encoding === 'hex' ? 'utf8' : encoding
  if (prefix.length + body.length > SHORT || Buffer.byteLength(key, written) > BLOCK) {
    return createHmac('sha256', key, { encoding: written }).update(prefix).update(body).digest(encoding)
  }
  // Where the key does not fill its block all is zero.
  inner.write(key, written)
  for (let word = 0; word < WORDS; word++) {
    const bytes = innerWords[word] as number
    innerWords[word] = bytes ^ 0x36363636
    outerWords[word] = bytes ^ 0x5c5c5c5c
  }
  let end = BLOCK + inner.write(prefix, BLOCK)
  if (typeof body === 'string') end += inner.write(body, end)
  else {
    inner.set(body, end)
    end += body.length
  }
  outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK, 'binary')
  const answer = hash('sha256', outer, encoding)
  // These bytes tell the key: they must not stay.
  innerWords.fill(0, 0, WORDS)
  outerWords.fill(0)
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
