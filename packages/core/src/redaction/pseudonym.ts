import { createHmac } from 'node:crypto'

/** Whose names are replaced. The key decides who is the same person to whom: give each project its own. */
export interface PseudonymOptions {
  key: string | Uint8Array
  /** E-mail addresses, anywhere in the text. Default true. */
  emails?: boolean
}

/** Who stands behind a pseudonym. Personal data: to be sealed, never logged. */
export interface Person {
  pseudonym: string
  email: string
}

/**
 * A stable name for a person, `user-3f2a91bc04`: the first ten hex digits of HMAC-SHA256 over the address, case-blind.
 * Without the key nobody can tell whose it is, nor test a guess.
 */
export function pseudonym(key: string | Uint8Array, email: string): string {
  const digest = createHmac('sha256', key).update(`email:${email.trim().toLowerCase()}`).digest('hex')
  return `user-${digest.slice(0, 10)}`
}
