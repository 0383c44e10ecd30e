import { codeSpan } from './code.ts'
import { visibleText } from './visible-text.ts'

/** Characters that no forge gives a meaning inside a line. All else goes into code. */
const SAFE_WORD =
  /^[\p{L}\p{N}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Join_Control}.,;:'"“”‘’«»()?!/+=%€£·→–—…-]+$/u

/** Words of safe characters that a forge nevertheless links or acts on. */
const RISKY_WORDS: readonly { pattern: RegExp; source: string }[] = [
  { pattern: /www\.|:\/|^\W*(?:mailto|xmpp):/i, source: 'autolinks of GFM' },
  { pattern: /(?:^|[^\p{L}\p{N}])[A-Za-z][A-Za-z0-9]*-\d/u, source: 'GH-12 and custom autolinks of GitHub; Jira keys' },
  { pattern: /(?:^|[^0-9a-z])[0-9a-f]{7,}(?:$|[^0-9a-z])/i, source: 'commits, on every forge' },
  { pattern: /[!%]["\d]/, source: 'merge requests !1 and milestones %1 of GitLab' },
  { pattern: /:[\w+-]+:/, source: 'emoji short codes' },
  { pattern: /^\/\p{L}/u, source: 'quick actions of GitLab, where the word comes to stand first in a line' },
]

/** Punctuation alone at the start of a line makes lists, rules, headings and tables. */
const PUNCTUATION_ONLY = /^[^\p{L}\p{N}\p{Extended_Pictographic}]+$/u
const AROUND = /^([("'“‘«]*)(.*?)([)"'”’»,;.?]*)$/su
const NUMBERED = /^(\d{1,9})([.)])$/

/**
 * User text as Markdown that reads as it was written and means nothing: words that could mean something to any forge
 * stand in inline code, all others as they are. One line.
 */
export function prose(text: string): string {
  const words = visibleText(text.replace(/\s+/g, ' ').trim()).split(' ')
  const out: string[] = []
  let code: string[] = []
  words.forEach((word, index) => {
    if (isSafe(word, index === 0)) {
      flush()
      out.push(index === 0 ? markerEscaped(word) : word)
    } else code.push(word)
  })
  flush()
  return out.join(' ')

  function flush(): void {
    if (code.length > 0) out.push(codeBetween(code.join(' ')))
    code = []
  }
}

/** A name or another short fact: as it is where every word of it is harmless, else as inline code as a whole. */
export function fact(text: string): string {
  const line = visibleText(text.replace(/\s+/g, ' ').trim())
  return line.split(' ').every((word, index) => isSafe(word, index === 0)) ? prose(line) : codeSpan(line)
}

/** User text as a block quote, a line for a line. */
export function quote(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').trim().split('\n')
  // Two spaces are a line break on every forge.
  return lines
    .map((line) => (line.trim() === '' ? '>' : `> ${prose(line)}  `))
    .join('\n')
    .replace(/ +$/, '')
}

/** Punctuation around the code stays outside: ("a@b") reads better with only the address set apart. */
function codeBetween(text: string): string {
  const [, opening = '', inner = '', closing = ''] = AROUND.exec(text) ?? []
  return inner === '' ? codeSpan(text) : opening + codeSpan(inner) + closing
}

function isSafe(word: string, first: boolean): boolean {
  if (word === '' || word === '&') return true
  if (!SAFE_WORD.test(word) || RISKY_WORDS.some(({ pattern }) => pattern.test(word))) return false
  return !first || !PUNCTUATION_ONLY.test(word) || word === '-' || word === '+'
}

function markerEscaped(word: string): string {
  if (word === '-' || word === '+') return `\\${word}`
  return word.replace(NUMBERED, '$1\\$2')
}
