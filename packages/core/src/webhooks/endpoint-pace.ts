type RateLimit = { perSecond: number } | null

/**
 * Spreads deliveries to each endpoint over time, up to a second's worth at once (a virtual-scheduling leaky bucket, as
 * in ITU-T I.371). Counts in this process: n processes may send n times as much.
 */
export interface Pace {
  /** When the next delivery may go. One that may go within `patience` milliseconds is counted; others must ask again. */
  next(endpointId: string, limit: RateLimit, now: number, patience?: number): number
  /** Endpoints that must not be asked for before a time that is still to come. */
  held(now: number): string[]
}

const KEEP_AT_MOST = 10_000

export function createPace(): Pace {
  const nextAt = new Map<string, number>()
  const held = new Map<string, { at: number; since: number }>()

  return {
    next(endpointId, limit, now, patience = 0) {
      if (limit === null) return now
      const interval = 1000 / limit.perSecond
      const burst = Math.max(0, 1000 - interval)
      const due = Math.max(earlier(nextAt.get(endpointId), now, burst + interval + patience), now)
      const at = due - burst > now ? Math.ceil(due - burst) : now
      if (at - now > patience) {
        held.set(endpointId, { at, since: now })
        return at
      }
      if (nextAt.size >= KEEP_AT_MOST) forgetPast(nextAt, now)
      nextAt.set(endpointId, due + interval)
      return at
    },
    held(now) {
      // What was held after now was held by a clock that has gone back since.
      for (const [endpointId, { at, since }] of held) if (at <= now || since > now) held.delete(endpointId)
      return [...held.keys()]
    },
  }
}

/** A time further ahead than any can be was set by a clock that has gone back since. */
function earlier(at: number | undefined, now: number, furthest: number): number {
  return at === undefined || at - now > furthest + 1000 ? 0 : at
}

function forgetPast(times: Map<string, number>, now: number): void {
  for (const [endpointId, due] of times) if (due <= now) times.delete(endpointId)
}
