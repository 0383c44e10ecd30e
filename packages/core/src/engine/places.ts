import type { Clock } from '../ports/clock.ts'
import type { Lane, TaskTarget } from '../ports/store.ts'

/** A delivery that takes longer no longer counts as busy: it waits for somebody else, and costs next to nothing. */
export const SLOW_MS = 1_000

/** All that a lane has in hand, slow deliveries and those waiting their turn counted: so many times its places. */
const MOST_IN_HAND = 8

/** One claimed task. */
export interface Place {
  /** It waits its turn, and counts for nobody's place. */
  wait(): void
  /** It runs from now on. */
  begin(): void
  leave(): void
}

/**
 * The places of each lane. Slow deliveries give theirs up, so that receivers that hang keep nobody from those that answer.
 */
export interface Places {
  take(lane: Lane, kind: TaskTarget['kind']): Place
  /** How many more may be claimed. */
  free(lane: Lane): number
}

export function createPlaces(most: Readonly<Record<Lane, number>>, now: () => number): Places {
  interface Run {
    kind: TaskTarget['kind']
    /** When it began; `null` while it waits its turn. */
    since: number | null
  }
  const taken: Record<Lane, Set<Run>> = { first: new Set(), retry: new Set() }

  return {
    take(lane, kind) {
      const place: Run = { kind, since: now() }
      taken[lane].add(place)
      return {
        wait() {
          place.since = null
        },
        begin() {
          place.since = now()
        },
        leave() {
          taken[lane].delete(place)
        },
      }
    },
    free(lane) {
      const time = now()
      let busy = 0
      for (const { kind, since } of taken[lane]) {
        if (since !== null && (kind === 'handler' || !isSlow(since, time))) busy++
      }
      return Math.max(0, Math.min(most[lane] - busy, most[lane] * MOST_IN_HAND - taken[lane].size))
    },
  }
}

/** Until one of the runs ends, or may have become slow and given its place to another. */
export async function oneEndsOrSlows(runs: Iterable<Promise<void>>, clock: Required<Clock>): Promise<void> {
  let cancel = () => {}
  const slow = new Promise<void>((resolve) => {
    cancel = clock.setTimer(resolve, SLOW_MS)
  })
  await Promise.race([...runs, slow])
  cancel()
}

/** Until all of the runs have ended, or so many milliseconds are over. */
export async function allEnd(runs: Iterable<Promise<void>>, timeoutMs: number, clock: Required<Clock>): Promise<void> {
  let cancel = () => {}
  const timeout = new Promise<void>((resolve) => {
    cancel = clock.setTimer(resolve, timeoutMs)
  })
  await Promise.race([Promise.all(runs), timeout])
  cancel()
}

/** Of one that began in the future nobody knows how long it takes: the clock was set back. */
function isSlow(since: number, now: number): boolean {
  return now - since >= SLOW_MS || since > now
}
