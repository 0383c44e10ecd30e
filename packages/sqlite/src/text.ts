/**
 * SQLite ends a text at its first null character in places, and UTF-8 has no lone surrogates. Both are kept as this
 * sign and four hexadecimal digits; so is the sign itself. `JSON.stringify` writes all three as escapes of its own, so
 * JSON is kept as it is.
 */
const SIGN = '\u0001'
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /[\u0000\u0001\p{Cs}]/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sign above
const KEPT = /\u0001([0-9a-f]{4})/g

export function encodeText(text: string): string {
  if (text.isWellFormed() && !text.includes('\u0000') && !text.includes(SIGN)) return text
  return text.replace(UNSAFE, (unit) => SIGN + unit.charCodeAt(0).toString(16).padStart(4, '0'))
}

export function decodeText(text: string): string {
  if (!text.includes(SIGN)) return text
  return text.replace(KEPT, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
