/** Controls, directions and other invisible characters; the joiners that emoji and some scripts are spelled with stay. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}]/gu

/** Text on one line, without invisible characters, of so many characters at most. */
export function oneLine(text: string, length: number): string {
  const line = text
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(INVISIBLE, '')
    .trim()
  const characters = [...line]
  if (characters.length <= length) return line
  return length < 1 ? '' : `${characters.slice(0, length - 1).join('')}…`
}
