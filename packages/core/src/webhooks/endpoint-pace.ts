/**
 * Spreads deliveries to each endpoint over time, up to a second's worth at once (a virtual-scheduling leaky bucket, as
 * in ITU-T I.371). Counts in this process: n processes may send n times as much. Answers when the delivery may go; only
 * one that may go now is counted.
 */
export function createPace(): (endpointId: string, limit: { perSecond: number } | null, now: number) => number {
  const nextAt = new Map<string, number>()
  return (endpointId, limit, now) => {
    if (limit === null) return now
    const interval = 1000 / limit.perSecond
    const burst = Math.max(0, 1000 - interval)
    const due = Math.max(nextAt.get(endpointId) ?? 0, now)
    if (due - burst > now) return Math.ceil(due - burst)
    if (nextAt.size >= KEEP_AT_MOST) forgetPast(nextAt, now)
    nextAt.set(endpointId, due + interval)
    return now
  }
}

const KEEP_AT_MOST = 10_000

function forgetPast(nextAt: Map<string, number>, now: number): void {
  for (const [endpointId, due] of nextAt) if (due <= now) nextAt.delete(endpointId)
}
