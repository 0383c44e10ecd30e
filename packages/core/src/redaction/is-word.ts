/** A letter or digit right before means we are in the middle of something, unless it belongs to an escape: `\n`, `%3D`. */
export function isWord(character: string | undefined): boolean {
  if (character === undefined) return false
  const code = character.charCodeAt(0)
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)
}
