import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { PullwrightError } from '../errors.ts'

/** Seals text so that only a holder of the key reads it. Asynchronous, so that a KMS or Vault fits behind it. */
export interface SecretBox {
  /** `context` is not stored; the same one must be given to open. */
  seal(text: string, context?: string): Promise<string>
  /** Rejects with `key-mismatch` what no key opens: foreign, damaged, or sealed with another context. */
  open(sealed: string, context?: string): Promise<string>
}

export interface RotatingSecretBox extends SecretBox {
  /** True where an older key, or none of these, sealed it: open it, seal it again, then the older key can go. */
  resealNeeded(sealed: string): boolean
}

interface Key {
  id: string
  key: KeyObject
}

const VERSION = 'pw1'
const IV_BYTES = 12 // NIST SP 800-38D, section 8.2: what GCM is made for
const TAG_BYTES = 16
const SEALED = /^pw1\.([\w-]{8})\.([\w-]+)$/

/**
 * AES-256-GCM. Each key is base64 of 32 bytes: `openssl rand -base64 32`, or `generateKey()`. The first key seals, all of
 * them open, so a key is rotated by putting a new one in front. Sealed text is `pw1.<key id>.<base64url>`; the key id is
 * derived from the key and says nothing about it.
 */
export function createSecretBox(keys: string | readonly string[]): RotatingSecretBox {
  const all = (typeof keys === 'string' ? [keys] : [...keys]).map(readKey)
  const [first] = all
  if (first === undefined) throw invalid('Give at least one key; `openssl rand -base64 32` makes one')
  return {
    seal: async (text, context = '') => {
      if (typeof text !== 'string') throw invalid('Only text can be sealed')
      return seal(first, text, context)
    },
    open: async (sealed, context = '') => open(all, sealed, context),
    resealNeeded: (sealed) => SEALED.exec(sealed)?.[1] !== first.id,
  }
}

/** A new key for `createSecretBox`: base64 of 32 random bytes. */
export function generateKey(bytes: Uint8Array = randomBytes(32)): string {
  if (bytes.length !== 32) throw invalid('A key is made of 32 bytes')
  return Buffer.from(bytes).toString('base64')
}

/** The `key` option of `createPullwright`: keys become a box, a box stays what it is, nothing stays nothing. */
export function toSecretBox(key: string | readonly string[] | SecretBox | undefined): SecretBox | undefined {
  if (key === undefined || key === null) return undefined
  if (typeof key === 'string' || Array.isArray(key)) return createSecretBox(key as string | string[])
  const box = key as SecretBox
  if (typeof box.seal === 'function' && typeof box.open === 'function') return box
  throw invalid('`key` must be base64 of 32 bytes, a list of such keys, or an object with seal and open')
}

function seal({ id, key }: Key, text: string, context: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(boundTo(id, context))
  const sealed = Buffer.concat([iv, cipher.update(encode(text)), cipher.final(), cipher.getAuthTag()])
  return `${VERSION}.${id}.${sealed.toString('base64url')}`
}

function open(keys: readonly Key[], sealed: string, context: string): string {
  const [, id, body] = SEALED.exec(sealed) ?? []
  if (id === undefined || body === undefined) throw mismatch('This is not sealed text, or part of it is missing')
  const candidates = keys.filter((key) => key.id === id)
  if (candidates.length === 0) throw mismatch(`None of the keys given has the id ${id}: add the key it was sealed with`)
  const bytes = Buffer.from(body, 'base64url')
  for (const key of candidates) {
    const text = decrypt(key, bytes, context)
    if (text !== null) return text
  }
  throw mismatch('The sealed text was changed, or was sealed for something else')
}

function decrypt({ id, key }: Key, bytes: Buffer, context: string): string | null {
  if (bytes.length < IV_BYTES + TAG_BYTES) return null
  const tag = bytes.subarray(bytes.length - TAG_BYTES)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(boundTo(id, context)).setAuthTag(tag)
    return decode(Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]))
  } catch {
    return null
  }
}

function boundTo(id: string, context: string): Buffer {
  return Buffer.from(`${VERSION}.${id}.${context}`)
}

// The first byte tells the encoding: a lone surrogate survives only in UTF-16.
const UTF8 = 0
const UTF16 = 1

function encode(text: string): Buffer {
  const wide = /\p{Surrogate}/u.test(text)
  return Buffer.concat([Buffer.of(wide ? UTF16 : UTF8), Buffer.from(text, wide ? 'utf16le' : 'utf8')])
}

function decode(bytes: Buffer): string {
  return bytes.subarray(1).toString(bytes[0] === UTF16 ? 'utf16le' : 'utf8')
}

/** Never echoes what it was given: it may be most of a key. */
function readKey(text: string, index: number): Key {
  const bytes = typeof text === 'string' && BASE64.test(text.trim()) ? Buffer.from(text.trim(), 'base64') : null
  if (bytes === null || bytes.length !== 32) {
    const found = bytes === null ? 'it is not base64' : `it is ${bytes.length} bytes`
    const advice = 'keys are base64 of 32 bytes, and `openssl rand -base64 32` makes one'
    throw invalid(`Key ${index + 1} cannot be used (${found}): ${advice}`)
  }
  const id = createHmac('sha256', bytes).update('pullwright key id').digest('base64url').slice(0, 8)
  return { id, key: createSecretKey(bytes) }
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

function invalid(message: string): PullwrightError {
  return new PullwrightError('invalid-argument', message)
}

function mismatch(message: string): PullwrightError {
  return new PullwrightError('key-mismatch', message)
}
