/**
 * PostgreSQL's text holds neither U+0000 nor half a surrogate pair, JavaScript's does. What does not fit is written as
 * U+0001 and four hex digits, and U+0001 itself likewise; all other text stays as it is. Equal texts stay equal,
 * different ones different.
 */
export function encodeText(text: string): string {
  return fits(text) ? text : text.replace(ODD, (unit) => ESCAPE + unit.charCodeAt(0).toString(16).padStart(4, '0'))
}

export function decodeText(text: string): string {
  if (!text.includes(ESCAPE)) return text
  return text.replace(ESCAPED, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

export function encodeNullable(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : encodeText(text)
}

export function decodeNullable(text: string | null): string | null {
  return text === null ? null : decodeText(text)
}

const ESCAPE = '\u0001'
const ODD = new RegExp(`\\p{Surrogate}|\\u0000|${ESCAPE}`, 'gu')
const ESCAPED = new RegExp(`${ESCAPE}([0-9a-f]{4})`, 'g')

function fits(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000') && !text.includes(ESCAPE)
}
