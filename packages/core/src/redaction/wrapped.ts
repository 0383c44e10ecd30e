import { looksRandom } from './plausible.ts'
import type { Span } from './span.ts'

/** Shorter secrets are not broken over lines. */
const LEAST_FIRST = 16
/** What stands alone on the next line, indented or marked by a diff or a quotation. */
const REST = /\r?\n[ \t]{0,40}[+>-]?[ \t]{0,40}([\w+/=.-]{8,400})(?=[ \t]*\r?(?:\n|$))/y
const DIGEST = /^(?:[0-9a-f]{7,}|[0-9a-f]{8}-[0-9a-f-]{27})$/i

/**
 * With the rest of secrets that were broken at the end of a line: what stands alone on the next line, looks as random as a
 * secret does, and is no digest. Costs nothing where no secret stands.
 */
export function withWrapped(text: string, spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const [index, span] of spans.entries()) {
    all.push(span)
    const rest = span.end - span.start < LEAST_FIRST ? null : restAfter(text, span)
    const next = spans[index + 1]
    if (rest !== null && (next === undefined || next.start >= rest.end)) all.push(rest)
  }
  return all
}

function restAfter(text: string, { end, detector, replacement }: Span): Span | null {
  if (replacement !== undefined) return null
  REST.lastIndex = end
  const rest = REST.exec(text)?.[1]
  if (rest === undefined || DIGEST.test(rest) || !looksRandom(rest, 8)) return null
  return { start: REST.lastIndex - rest.length, end: REST.lastIndex, detector }
}
