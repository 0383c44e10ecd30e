import type { Redaction } from '../events/event.ts'
import type { Mask } from './mask.ts'
import type { Scanner } from './scanner.ts'
import type { Span } from './span.ts'
import { hasUnseen, searchSeen } from './unseen.ts'

/** Hides the secrets of one text. */
export type HideText = (text: string, found?: Told) => string

/** Is told of each secret. */
export type Told = (detector: Redaction['detector'], secret: unknown) => void

/** Hiding one secret can lay the next one bare; more rounds than this never happened, and end it where they would. */
const MOST_ROUNDS = 5

/**
 * First what is searched for everywhere, known secrets before all, then shapes and telling keys until nothing is left, so
 * that doing it twice changes nothing. Where a text has characters that nobody sees, it is searched once more without them.
 */
export function createHideText(searches: readonly Search[], scan: Scanner | null, mask: Mask): HideText {
  const all = [...searches, ...(scan === null ? [] : [scan])].map(
    (search): Search =>
      (text) =>
        outsideMasks(text, search(text), mask),
  )
  if (all.length === 0) return (text) => text
  const canBeUnseen = !hasUnseen(mask.of(''))
  return (text, found) => {
    let current = hideSeen(text, found)
    if (!canBeUnseen || !hasUnseen(current)) return current
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const before = current
      for (const search of all) current = replace(current, searchSeen(current, search), mask, found)
      if (current === before) break
      current = hideSeen(current, found)
    }
    return current
  }

  function hideSeen(text: string, found?: Told): string {
    let current = text
    for (const search of searches) current = replace(current, outsideMasks(current, search(current), mask), mask, found)
    return scan === null ? current : hideScanned(current, scan, mask, found)
  }
}

function hideScanned(text: string, scan: Scanner, mask: Mask, found?: Told): string {
  let current = text
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const spans = scan(current)
    if (spans.length === 0) break
    current = replace(current, spans, mask, found)
  }
  return current
}

/** Looks at a whole text by itself. */
export type Search = (text: string) => Span[]

/** A search that fits the mask must not hide it again. */
function outsideMasks(text: string, spans: Span[], mask: Mask): Span[] {
  if (spans.length === 0 || !text.includes(mask.start)) return spans
  return spans.filter(({ start, end }) => {
    let at = text.lastIndexOf(mask.start, end - 1)
    while (at >= 0 && mask.endAt(text, at) < 0) at = at === 0 ? -1 : text.lastIndexOf(mask.start, at - 1)
    return at < 0 || mask.endAt(text, at) <= start
  })
}

function replace(text: string, spans: readonly Span[], mask: Mask, found?: Told): string {
  if (spans.length === 0) return text
  const parts: string[] = []
  let from = 0
  for (const { start, end, detector, replacement, quote = '' } of spans) {
    parts.push(text.slice(from, start), replacement ?? quote + mask.of(text.slice(start, end)) + quote)
    from = end
    found?.(detector, text.slice(start, end))
  }
  parts.push(text.slice(from))
  return parts.join('')
}
