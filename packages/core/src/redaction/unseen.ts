import type { Span } from './span.ts'

/** Zero-width and bidirectional marks, soft hyphens: inside a secret nobody sees them, and whoever copies it is rid of them. */
const UNSEEN = /\u034f|[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g
/** The same without the one of Latin-1: on texts of one byte a character this costs nothing. */
const WIDE_UNSEEN = /\u034f|[\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/

export function hasUnseen(text: string): boolean {
  return text.includes('\u00ad') || WIDE_UNSEEN.test(text)
}

/** What `search` finds in the text without its unseen characters, at its places in the text with them. */
export function searchSeen(text: string, search: (seen: string) => Span[]): Span[] {
  const unseen = Array.from(text.matchAll(UNSEEN), ({ index }) => index)
  const spans = search(text.replace(UNSEEN, ''))
  let before = 0
  const placeOf = (at: number) => {
    while (before < unseen.length && (unseen[before] as number) <= at + before) before++
    return at + before
  }
  return spans.map((span) => ({ ...span, start: placeOf(span.start), end: placeOf(span.end - 1) + 1 }))
}
