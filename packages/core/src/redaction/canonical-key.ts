/** Lower-case words joined by `_`: `X-apiKey` is `x_api_key`. `*` and `?` are kept, for patterns. */
export function canonicalKey(key: string): string {
  let words = ''
  let isParted = false
  let previous = OTHER
  // One pass: texts have many keys, and four replacements for each cost more than all else that is asked of it.
  for (let at = 0; at < key.length; at++) {
    const point = key.codePointAt(at) ?? 0
    const kind = kindOf(point)
    isParted ||= kind === OTHER || (kind === UPPER && startsWord(previous, key.charCodeAt(at + 1)))
    previous = kind
    if (kind !== OTHER) {
      words += (isParted && words !== '' ? '_' : '') + String.fromCodePoint(point)
      isParted = false
    }
    if (point > 0xffff) at++
  }
  return words.toLowerCase()
}

/** Whether a text is the key of these words: `apiKey`, `api_key`. Most begin otherwise, which is told without a reading. */
export function hasWords(text: string, words: string): boolean {
  const first = text.charCodeAt(0)
  const isPlain = first < 128 && kindOf(first) !== OTHER
  return (!isPlain || (first | 32) === (words.charCodeAt(0) | 32)) && canonicalKey(text) === words
}

/** Whether an upper-case letter does: `apiKey`, `APIKey`. */
function startsWord(previous: number, next: number): boolean {
  return previous === LOWER || (previous === UPPER && next >= 97 && next <= 122)
}

const OTHER = 0
/** Also digits. */
const LOWER = 1
const UPPER = 2
const KEPT = 3
const WORD = /[\p{L}\p{N}*?]/u

/** Case is told in ASCII alone. */
function kindOf(point: number): number {
  if ((point >= 97 && point <= 122) || (point >= 48 && point <= 57)) return LOWER
  if (point >= 65 && point <= 90) return UPPER
  return WORD.test(String.fromCodePoint(point)) ? KEPT : OTHER
}
