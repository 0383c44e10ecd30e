import { randomBytes } from 'node:crypto'

/** Crockford's base 32, lower case: sorts like the number, no look-alikes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * `evt_01jd…`: 48 bits of time in milliseconds, then 80 random bits (the layout of ULID). Ids made later sort later,
 * none has a `.` in it (Standard Webhooks forbids one).
 */
export function newId(prefix: string, now: number): string {
  let time = ''
  for (let rest = Math.max(0, Math.floor(now)), i = 0; i < 10; i++, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time
  }
  let random = ''
  for (const byte of randomBytes(16)) random += ALPHABET.charAt(byte % 32)
  return `${prefix}_${time}${random}`
}
