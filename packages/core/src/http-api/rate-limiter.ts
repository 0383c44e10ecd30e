export interface RateLimit {
  requests: number
  perSeconds: number
}

export interface RateVerdict {
  ok: boolean
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), and `Retry-After` of a refusal. */
  headers: Record<string, string>
}

/** Of more callers than this the one counted longest is forgotten. */
const MOST_KEPT = 10_000

/** So many requests in each window of time, for each caller, in this process. */
export function createRateLimiter(name: string, limit: RateLimit, now: () => number): (caller: string) => RateVerdict {
  const { requests, perSeconds } = limit
  const policy = `"${name}";q=${requests};w=${perSeconds}`
  const windows = new Map<string, { count: number; endsAt: number }>()

  return (caller) => {
    const at = now()
    const known = windows.get(caller)
    const window = known && known.endsAt > at ? known : { count: 0, endsAt: at + perSeconds * 1000 }
    if (window !== known) {
      windows.delete(caller)
      if (windows.size >= MOST_KEPT) windows.delete(windows.keys().next().value ?? '')
      windows.set(caller, window)
    }
    window.count += 1
    const ok = window.count <= requests
    const seconds = Math.max(1, Math.ceil((window.endsAt - at) / 1000))
    const left = Math.max(0, requests - window.count)
    const headers = { 'ratelimit-policy': policy, ratelimit: `"${name}";r=${left};t=${seconds}` }
    return { ok, headers: ok ? headers : { ...headers, 'retry-after': String(seconds) } }
  }
}
