import type { Incoming } from './recorded-request.ts'

/** Content-creating requests a minute and an hour: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
const WINDOWS = [
  { milliseconds: 60_000, most: 80 },
  { milliseconds: 3_600_000, most: 500 },
] as const

/** Counts what creates content, token by token. Answers the seconds to wait, or null where it is not too much. */
export type SecondaryLimit = (incoming: Incoming, now: number) => number | null

export function secondaryLimit(): SecondaryLimit {
  const written = new Map<string, number[]>()
  return (incoming, now) => {
    if (!createsContent(incoming)) return null
    const token = incoming.record.headers.authorization ?? ''
    const times = (written.get(token) ?? []).filter((at) => at > now - 3_600_000)
    written.set(token, times)
    for (const { milliseconds, most } of WINDOWS) {
      const recent = times.filter((at) => at > now - milliseconds)
      const [oldest] = recent
      if (recent.length >= most && oldest !== undefined) return Math.ceil((oldest + milliseconds - now) / 1000)
    }
    times.push(now)
    return null
  }
}

function createsContent({ record }: Incoming): boolean {
  if (record.graphql !== null) return record.graphql.type === 'mutation'
  return record.method !== 'GET' && record.method !== 'HEAD'
}
