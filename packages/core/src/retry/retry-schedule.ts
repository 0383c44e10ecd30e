/**
 * The delay before the next try, in milliseconds, after `attempt` tries have failed (1 after the first); null: give up.
 * `random` is a number from 0 to below 1, or a function that gives one; default `Math.random`.
 */
export type RetrySchedule = (attempt: number, random?: number | (() => number)) => number | null
