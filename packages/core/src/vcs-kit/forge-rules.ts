import { VcsError } from '../errors.ts'
import type { VcsCapabilities } from '../ports/vcs.ts'
import { MARKER_ROOM, type MarkerStyle } from './marker.ts'

/** What one forge takes: an adapter states it once, and `toJob` refuses the rest before a request is made. */
export interface ForgeRules {
  /** Its name in messages, such as `GitHub`. */
  forge: string
  markerStyle: MarkerStyle
  /** Characters of a title. */
  title: number
  /** Of a pull request's body, our marker included. */
  body: VcsCapabilities['bodyLimit']
  /** Bytes of all the files of one commit. */
  commitBytes: number
  /** Names that git would take for a branch and this forge does not. */
  branchNames?: readonly NameRule[]
}

export interface NameRule {
  forbidden: RegExp
  /** What a name must not be, to stand behind "cannot be the branch: it …". */
  reason: string
}

/** What is left of a body for the caller: the `bodyLimit` of the capabilities. */
export function bodyLimit({ body: { size, unit } }: Pick<ForgeRules, 'body'>): VcsCapabilities['bodyLimit'] {
  return { size: size - MARKER_ROOM, unit }
}

/** In the unit that a forge counts in: characters are code points, bytes are those of UTF-8. */
export function lengthIn(unit: 'characters' | 'bytes', text: string): number {
  return unit === 'bytes' ? Buffer.byteLength(text) : [...text].length
}

/** Refuses with `too-large` a text that the forge would not take. */
export function checkLength(
  what: string,
  text: string,
  { size, unit }: VcsCapabilities['bodyLimit'],
  { forge, note = '' }: { forge: string; note?: string },
): void {
  if (lengthIn(unit, text) <= size) return
  const aside = note === '' ? '' : ` (${note})`
  throw new VcsError('too-large', `The ${what} is longer than the ${size} ${unit} ${forge} takes${aside}. Shorten it.`)
}

/** A text of at most so many characters; one that was cut ends with an ellipsis. */
export function cutText(text: string, characters: number): string {
  const all = [...text]
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join('')}…`
}
