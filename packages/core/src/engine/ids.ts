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
  const time = Math.max(0, Math.floor(now))
  const first = Number.parseInt(uuid.slice(0, 5), 16)
  const second = Number.parseInt(uuid.slice(5, 8) + uuid.slice(9, 11), 16)
  const third = Number.parseInt(uuid.slice(24, 29), 16)
  const fourth = Number.parseInt(uuid.slice(29, 34), 16)
  return `${prefix}_${PAIRS[Math.floor(time / 2 ** 40) % 1024]}${four(time / 2 ** 20)}${four(time)}${four(first)}${four(second)}${four(third)}${four(fourth)}`
}

/** The lowest four digits of a number, which are 20 bits of it. */
function four(value: number): string {
  const low = Math.floor(value) % 2 ** 20
  return `${PAIRS[low >> 10]}${PAIRS[low & 1023]}`
}

const PAIRS: readonly string[] = Array.from(
  { length: 1024 },
  (_, pair) => ALPHABET.charAt(pair >> 5) + ALPHABET.charAt(pair & 31),
)
