/**
 * Everything that changes how text reads without being seen: controls and ANSI escapes, bidirectional and zero-width
 * characters, tags, fillers, line separators, lone surrogates.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu
/** Cheap test for the texts that need no work. */
const PRINTABLE_ASCII = /^[ -;=-~]*$/
/** What opens a hidden marker in HTML and, where forges strip comments, in an empty link. */
const MARKER_OPENINGS: readonly [opening: string, shown: string][] = [
  ['<!--', '\\u003c!--'],
  ['[](', '\\u005b]('],
  ['[//]:', '\\u005b//]:'],
]
const LINE_FEED = 0x0a
const TAB = 0x09
const NON_JOINER = 0x200c
const JOINER = 0x200d
const EMOJI_SELECTOR = 0xfe0f
const PICTOGRAPH_END = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Variation_Selector}]$/u
const PICTOGRAPH_START = /^\p{Extended_Pictographic}/u
/** Scripts whose spelling needs joiners. */
const JOINING_END =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}]$/u

/**
 * The text with every invisible character written out as `\u202e`, so that it has no effect and a reader sees it. Line
 * feeds and tabs stay, also the joiners that emoji and some scripts are spelled with. What could open one of our hidden
 * markers is broken the same way: also inside code, where the forge shows it but a search would find it.
 */
export function visibleText(text: string): string {
  if (PRINTABLE_ASCII.test(text) && !text.includes('[')) return text
  const seen = text.replace(INVISIBLE, (character, offset: number) =>
    isHarmless(character, text, offset) ? character : escaped(character),
  )
  return MARKER_OPENINGS.reduce((shown, [opening, instead]) => shown.replaceAll(opening, instead), seen)
}

/** On one line: line feeds and tabs written out too. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}

/** Without any invisible character, on one line, single spaces. For places that show no escapes, such as titles. */
export function singleLine(text: string): string {
  const kept = text
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(INVISIBLE, (character, offset: number, whole: string) =>
      isHarmless(character, whole, offset) ? character : '',
    )
  return kept.replace(/ {2,}/g, ' ').trim()
}

/** Cuts to so many UTF-16 units with an ellipsis, never through a character. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text
  if (length < 1) return ''
  let end = length - 1
  if (end > 0 && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end--
  return `${text.slice(0, end)}…`
}

function isHarmless(character: string, text: string, offset: number): boolean {
  const code = character.codePointAt(0)
  if (code === LINE_FEED || code === TAB) return true
  if (code !== JOINER && code !== NON_JOINER && code !== EMOJI_SELECTOR) return false
  const before = text.slice(Math.max(0, offset - 2), offset)
  if (code === EMOJI_SELECTOR) return /[\p{Extended_Pictographic}0-9#*]$/u.test(before)
  if (JOINING_END.test(before)) return true
  return code === JOINER && PICTOGRAPH_END.test(before) && PICTOGRAPH_START.test(text.slice(offset + 1, offset + 3))
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
