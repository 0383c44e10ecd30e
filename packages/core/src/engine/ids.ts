import { randomFillSync } from 'node:crypto'

/** Crockford's base 32, lower case: sorts like the number, no look-alikes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * `evt_01jd…`: 48 bits of time in milliseconds, then 80 random bits (the layout of ULID). Ids made later sort later,
 * none has a `.` in it (Standard Webhooks forbids one).
 */
export function newId(prefix: string, now: number): string {
  if (taken + ID_BYTES > RANDOM.length) {
    randomFillSync(RANDOM)
    taken = 0
  }
  const time = Math.max(0, Math.floor(now))
  const first = RANDOM.readUIntBE(taken, 5)
  const second = RANDOM.readUIntBE(taken + 5, 5)
  taken += ID_BYTES
  return `${prefix}_${PAIRS[Math.floor(time / 2 ** 40) % 1024]}${four(time / 2 ** 20)}${four(time)}${four(first / 2 ** 20)}${four(first)}${four(second / 2 ** 20)}${four(second)}`
}

/** Of 80 random bits. */
const ID_BYTES = 10
/** Random bytes at hand, for four hundred ids: to ask for them costs more than to use them. */
const RANDOM = Buffer.alloc(400 * ID_BYTES)
let taken = RANDOM.length

/** The lowest four digits of a number, which are 20 bits of it. */
function four(value: number): string {
  const low = Math.floor(value) % 2 ** 20
  return `${PAIRS[low >> 10]}${PAIRS[low & 1023]}`
}

const PAIRS: readonly string[] = Array.from(
  { length: 1024 },
  (_, pair) => ALPHABET.charAt(pair >> 5) + ALPHABET.charAt(pair & 31),
)
