export interface WriteSpacing {
  /** Milliseconds until this write may go out; counts it. */
  waitFor(credential: string, now: number): number
}

const MINUTE = 60_000
const KEEP_AT_MOST = 1_000

/**
 * GitHub asks for a second between writes and refuses more than 80 in a minute. The first `burst` writes of a minute go
 * out at once, so that a single pull request is not slowed down; what follows is `spacingMs` apart.
 */
export function createWriteSpacing({ spacingMs, burst }: { spacingMs: number; burst: number }): WriteSpacing {
  const sent = new Map<string, number[]>()
  return {
    waitFor(credential, now) {
      if (spacingMs <= 0) return 0
      const recent = (sent.get(credential) ?? []).filter((at) => at > now - MINUTE)
      const last = recent.at(-1) ?? Number.NEGATIVE_INFINITY
      const goesAt = recent.length < burst ? now : Math.max(now, last + spacingMs)
      recent.push(goesAt)
      if (sent.size >= KEEP_AT_MOST) forgetPast(sent, now)
      sent.set(credential, recent)
      return goesAt - now
    },
  }
}

function forgetPast(sent: Map<string, number[]>, now: number): void {
  for (const [credential, times] of sent) if ((times.at(-1) ?? 0) <= now - MINUTE) sent.delete(credential)
}
