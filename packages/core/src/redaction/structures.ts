import type { Detector } from './detector.ts'
import { isWord } from './is-word.ts'
import { isCode, isPlaceholder, isReference, looksLikePassword, looksRandom } from './plausible.ts'
import { privateKey, privateKeyEnd } from './private-key.ts'
import type { Finder, Span } from './span.ts'

/** Secrets that a single pattern would find slowly or not at all. The finder is called where a literal stands. */
export interface Structure {
  name: string
  literals: readonly string[]
  anyCase?: boolean
  /** One for all texts, or null where each needs a new one, which remembers how far it has looked in vain. */
  finder: Finder | null
  createFinder: () => Finder
}

export const STRUCTURES: readonly Structure[] = [
  { name: 'private-key', literals: ['-----BEGIN'], finder: null, createFinder: privateKey },
  { name: 'private-key', literals: ['-----END'], finder: privateKeyEnd, createFinder: () => privateKeyEnd },
  { name: 'jwt', literals: ['eyJ'], finder: null, createFinder: jwt },
  { name: 'url-credentials', literals: ['://'], finder: userinfo, createFinder: () => userinfo },
]

const words = (name: string, literals: string[], pattern: RegExp, least: number, source: string): Detector => ({
  name,
  literals,
  pattern,
  source,
  anyCase: true,
  accept: (secret) => !isReference(secret) && looksRandom(secret, least),
})

/** Where words and not shapes tell: headers, command lines and sentences. */
export const SPOKEN: readonly Detector[] = [
  words('bearer', ['bearer '], /bearer +([\w.~+/=-]{12,})/i, 12, 'RFC 6750'),
  {
    name: 'basic-auth',
    literals: ['basic '],
    pattern: /basic +([A-Za-z0-9+/]{8,2000}={0,2})/i,
    source: 'RFC 7617',
    anyCase: true,
    accept: isBasicCredential,
  },
  words(
    'spoken-password',
    ['password is ', 'passphrase is ', 'pass is '],
    /\w+ is (?:now |set to )?["'`]?([^\s"'`<>]{5,500}?[^\s"'`<>)\]}])(?=[)\]}.,;:]{0,8}(?:["'`<>\s]|$))/i,
    6,
    'ours',
  ),
  words(
    'spoken-key',
    ['token is ', 'key is ', 'secret is '],
    /\w+ is (?:now |set to )?["'`]?([^\s"'`<>]{11,500}?[^\s"'`<>)\]}])(?=[)\]}.,;:]{0,8}(?:["'`<>\s]|$))/i,
    12,
    'ours',
  ),
  words(
    'option-password',
    ['--password ', '--passwd ', '--passphrase ', '--pass '],
    /--\w+ +["'`]?([^\s"'`<>-][^\s"'`<>]{3,})/i,
    4,
    'ours',
  ),
  words(
    'option-key',
    ['--token ', '--secret ', '--api-key ', '--apikey ', '--access-token ', '--auth-token '],
    /--[\w-]+ +["'`]?([^\s"'`<>-][^\s"'`<>]{7,})/i,
    8,
    'ours',
  ),
  {
    name: 'netrc',
    literals: ['login '],
    pattern: /login +\S{1,100}\s{1,16}password +([^\s"'`<>)]{4,500})/,
    source: 'gnu.org/software/inetutils: The .netrc file',
    accept: (secret) => !isReference(secret) && looksLikePassword(secret),
  },
  words(
    'curl-user',
    [' -u ', ' --user '],
    / --?\w+ +["'`]?([\w.@+-]{1,100}:[^\s"'`<>]{4,})/i,
    6,
    'curl.se/docs: --user',
  ),
]

function isBasicCredential(encoded: string): boolean {
  if (isCode(encoded)) return false
  const text = Buffer.from(encoded, 'base64').toString('latin1')
  return /^[\x20-\x7e]+$/.test(text) && text.includes(':')
}

const SEGMENT = /[\w-]+/y
const JWT_TAIL = /\.[\w-]{4,}(?:\.[\w-]*){0,3}/y

/** RFC 7519: dot-separated base64url, the first part a JSON object. Signed ones have three parts, encrypted ones five. */
function jwt(): Finder {
  let vainUntil = 0
  return (text, at) => {
    if (at < vainUntil || (isWord(text[at - 1]) && text[at - 2] !== '\\')) return null
    SEGMENT.lastIndex = at
    SEGMENT.test(text)
    const end = SEGMENT.lastIndex
    vainUntil = end
    JWT_TAIL.lastIndex = end
    if (end - at < 12 || !JWT_TAIL.test(text)) return null
    return { start: at, end: JWT_TAIL.lastIndex, detector: 'jwt' }
  }
}

const MOST_USERINFO = 1_024
const LEAST_TOKEN = 16
const PORT_AND_PATH = /^\d{1,5}(?:[/?#]|$)/
const ENDS_URL = codesOf(' \t\r\n\v\f"\'`<>\\')
const ENDS_AUTHORITY = codesOf('/?#')

/**
 * `scheme://user:password@host`, the password alone, or `scheme://token@host`, where it looks like one. Passwords with
 * unescaped `/` are found too. Never looks beyond the next `://`, so that all of a text is looked at once.
 */
function userinfo(text: string, at: number): Span | null {
  const open = at + 3
  let colon = -1
  let last: Span | null = null
  const most = Math.min(text.length, open + MOST_USERINFO)
  for (let end = open; end < most; end++) {
    const code = text.charCodeAt(end)
    if (ENDS_URL[code] === 1 || (colon < 0 && ENDS_AUTHORITY[code] === 1)) break
    if (code === COLON) {
      if (text.startsWith('://', end)) break
      if (colon < 0) colon = end
    }
    if (code !== AT) continue
    if (colon < 0) {
      const name = text.slice(open, end)
      if (looksRandom(name, LEAST_TOKEN)) last = { start: open, end, detector: 'url-credentials' }
      continue
    }
    if (!isPassword(text.slice(colon + 1, end))) break
    if (last !== null && /[/?#]/.test(text.slice(last.end, end))) break
    last = { start: colon + 1, end, detector: 'url-credentials' }
  }
  return last
}

const COLON = 58
const AT = 64

function isPassword(text: string): boolean {
  if (text === '' || PORT_AND_PATH.test(text) || isReference(text) || /^(?:\$|\{|\[|\*+$)/.test(text)) return false
  return !isPlaceholder(text) || /^(?:pass|secret)/i.test(text)
}

function codesOf(characters: string): Uint8Array {
  const codes = new Uint8Array(128)
  for (const character of characters) codes[character.charCodeAt(0)] = 1
  return codes
}
