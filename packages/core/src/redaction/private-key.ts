import { isWord } from './is-word.ts'
import type { Finder, Span } from './span.ts'

const ARMOUR = '-----'
const ARMOUR_HEAD = /-----BEGIN[A-Z0-9 ]{0,60}PRIVATE KEY(?: BLOCK)?-----/y
const BLANKS = ' \t\r\n'
/** With less after it, the first line only speaks of keys. */
const LEAST_BODY = 16
const BODY_MARKS = `+/=\\,:.|>-${BLANKS}`

/** From BEGIN to END, whatever stands between; a key that was cut off goes as far as it looks like one. */
export function privateKey(): Finder {
  let searched = -1 // where the next END is, once looked for
  return (text, at) => {
    ARMOUR_HEAD.lastIndex = at
    if (!ARMOUR_HEAD.test(text)) return null
    const body = ARMOUR_HEAD.lastIndex
    if (searched < body) {
      const found = text.indexOf('-----END', body)
      searched = found < 0 ? Number.POSITIVE_INFINITY : found
    }
    const next = text.indexOf('-----BEGIN', body)
    if (searched === Number.POSITIVE_INFINITY || (next >= 0 && next < searched)) {
      const end = bodyEnd(text, body)
      return end - body < LEAST_BODY ? null : { start: at, end, detector: 'private-key' }
    }
    const close = text.indexOf(ARMOUR, searched + ARMOUR.length)
    const end = close < 0 || close - searched > 100 ? text.length : close + ARMOUR.length
    return { start: at, end, detector: 'private-key' }
  }
}

const ARMOUR_FOOT = /-----END[A-Z0-9 ]{0,60}PRIVATE KEY(?: BLOCK)?-----/y
/** What a hunk of a difference shows of a key, or a text that begins in the middle of one: lines, their marks before them. */
const BODY_LINE = /(?:^|\n)[ \t]{0,40}[+>-]?[ \t]{0,40}([A-Za-z0-9+/=]{16,128})[ \t\r]*$/
const LONGEST_BODY_LINE = 256

/** The lines before an END whose BEGIN is not there. */
export function privateKeyEnd(text: string, at: number, from: number): Span | null {
  ARMOUR_FOOT.lastIndex = at
  if (!ARMOUR_FOOT.test(text)) return null
  let start = at
  for (let feed = text.lastIndexOf('\n', at); feed > from; ) {
    const line = BODY_LINE.exec(text.slice(Math.max(from, feed - LONGEST_BODY_LINE), feed))
    if (line === null) break
    start = feed - line[0].length + line[0].indexOf(line[1] ?? '')
    feed -= line[0].startsWith('\n') ? line[0].length : Number.POSITIVE_INFINITY
  }
  return start === at ? null : { start, end: ARMOUR_FOOT.lastIndex, detector: 'private-key' }
}

/** Base64, white space, header lines and the marks of diffs and YAML; not two dashes, with which an armour begins. */
function bodyEnd(text: string, body: number): number {
  let end = body
  let last = body // where the last character stood that is no white space
  for (; end < text.length; end++) {
    const character = text[end] ?? ''
    if (!isWord(character) && !BODY_MARKS.includes(character)) break
    if (character === '-' && text[end + 1] === '-') break
    if (!BLANKS.includes(character)) last = end + 1
  }
  return last
}
