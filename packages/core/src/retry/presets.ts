/** A schedule as data: the waits in milliseconds after the first, second, third … failed try. */
export interface RetryPreset {
  readonly delays: readonly number[]
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * Schedules by name.
 * - `default`: eight tries over about 28 hours, the published schedule of Svix (docs.svix.com, "Retries").
 * - `agenta`: three retries with exponential back-off and then an alert, as Agenta's design asks for; the waits are ours.
 */
export const RETRY_PRESETS = {
  default: { delays: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR] },
  agenta: { delays: [10 * SECOND, 40 * SECOND, 160 * SECOND] },
} as const satisfies Record<string, RetryPreset>

export type RetryPresetName = keyof typeof RETRY_PRESETS
