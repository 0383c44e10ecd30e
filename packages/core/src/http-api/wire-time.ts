const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * ISO 8601 in UTC. What four digits of a year cannot say, such as a time given in microseconds, is shown as the nearest they
 * can: one odd row must not hide the others.
 */
export function wireTime(milliseconds: number): string {
  return new Date(Math.min(Math.max(milliseconds, EARLIEST), LATEST)).toISOString()
}
