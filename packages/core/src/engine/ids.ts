import { randomUUID } from 'node:crypto'

/** Crockford's base 32, lower case: sorts like the number, no look-alikes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * `evt_01jd…`: 48 bits of time in milliseconds, then 80 random bits (the layout of ULID). Ids made later sort later,
 * none has a `.` in it (Standard Webhooks forbids one).
 */
export function newId(prefix: string, now: number): string {
  // Node keeps random bytes for these at hand; the digits taken are all random (RFC 9562, 5.4).
  const uuid = randomUUID()
  const [first, last] = [uuid.slice(0, 8) + uuid.slice(9, 11), uuid.slice(24, 34)]
  return `${prefix}_${digits(Math.max(0, Math.floor(now)), 10)}${digits(Number.parseInt(first, 16), 8)}${digits(Number.parseInt(last, 16), 8)}`
}

/** The lowest so many digits. */
function digits(value: number, count: number): string {
  let text = ''
  for (let rest = value; text.length < count; rest = Math.floor(rest / 32)) text = ALPHABET.charAt(rest % 32) + text
  return text
}
