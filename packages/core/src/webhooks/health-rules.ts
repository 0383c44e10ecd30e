const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * When an endpoint counts as failing, and what is done about it. Milliseconds.
 * - `failing`: ours. Fewer failures are what any deploy of a receiver looks like; a burst of them within seconds too.
 * - `pauses`: ours, doubling from half a minute to a quarter of an hour, so that an outage of minutes costs minutes.
 * - `disabled`: Svix's five days of nothing but failures (docs.svix.com, "Retries"). The number of failures keeps a
 *   clock that jumps ahead from disabling anybody.
 * - `probes`: ours, doubling from an hour to a day, for an endpoint that is disabled: nobody minds one request a day.
 */
export const HEALTH_RULES = {
  failing: { failures: 5, overMs: 10 * SECOND },
  pauses: { first: 30 * SECOND, longest: 15 * MINUTE },
  disabled: { failures: 10, overMs: 5 * DAY },
  probes: { first: HOUR, longest: DAY },
} as const

/** A look at the state of all endpoints is believed for so long. */
export const VIEW_MS = 5 * SECOND

/** A probe has its endpoint's own time limit (at most 120 s) and this long to be written down. */
export const PROBE_SLACK_MS = 10 * SECOND

/** How often disabled endpoints are looked after. */
export const ROUND_MS = MINUTE
