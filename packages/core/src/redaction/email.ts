import { type Person, type PseudonymOptions, pseudonym } from './pseudonym.ts'
import type { Finder } from './span.ts'

// RFC 5321, section 4.5.3.1
const LONGEST_LOCAL = 64
const DOMAIN = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,10}\p{L}[\p{L}\p{N}-]{1,62}/uy
const LOCAL = /[\p{L}\p{N}._%+'-]/u
/** `git@github.com:owner/name` is an address of a repository. */
const NO_PERSON = new Set(['git', 'hg', 'svn'])

/** Finds the address around an `@` and names its pseudonym. `met` is told whose it was. */
export function createEmailFinder({ key }: PseudonymOptions, met: (person: Person) => void): Finder {
  return (text, at, from) => {
    let start = at
    while (start > from && at - start < LONGEST_LOCAL && LOCAL.test(text[start - 1] ?? '')) start--
    while (start < at && /[.'%+-]/.test(text[start] ?? '')) start++
    const local = text.slice(start, at)
    if (local === '' || NO_PERSON.has(local)) return null
    DOMAIN.lastIndex = at + 1
    if (!DOMAIN.test(text)) return null
    const end = DOMAIN.lastIndex
    const email = text.slice(start, end)
    const name = pseudonym(key, email)
    met({ pseudonym: name, email })
    return { start, end, detector: 'email', replacement: name }
  }
}
