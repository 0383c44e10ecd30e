const SECONDS = /^\d+(?:\.\d+)?$/
// The three forms of RFC 9110, section 5.6.7, all begin with the name of a day.
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /i
const DAY = 86_400_000

/**
 * Milliseconds to wait, from a `Retry-After` header: seconds or an HTTP date (RFC 9110, section 10.2.3). A date that is
 * past gives 0, more than `maxMs` gives `maxMs` (default a day), and what is neither form gives null.
 */
export function parseRetryAfter(
  header: string | number | null | undefined,
  now: number | Date,
  maxMs: number = DAY,
): number | null {
  if (header === null || header === undefined) return null
  const value = String(header).trim()
  if (SECONDS.test(value)) return Math.min(Math.ceil(Number(value) * 1_000), maxMs)
  if (!HTTP_DATE.test(value)) return null
  // The asctime form names no zone and means UTC.
  const at = Date.parse(/GMT|UTC|[+-]\d{4}$/i.test(value) ? value : `${value} UTC`)
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - Number(now)), maxMs)
}
