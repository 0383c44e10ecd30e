import { PullwrightError } from '../errors.ts'
import { RETRY_PRESETS, type RetryPresetName } from './presets.ts'

/**
 * The delay before the next try, in milliseconds, after `attempt` tries have failed (1 after the first); null: give up.
 * `random` is a number from 0 to below 1, or a function that gives one; default `Math.random`.
 */
export type RetrySchedule = (attempt: number, random?: number | (() => number)) => number | null

/** Either `delays`, or `base` with `factor` and `max`; with neither, the delays of the `default` preset. */
export interface RetryScheduleOptions {
  /** Milliseconds to wait after the first, second, third … failed try. The last one repeats when `attempts` asks for more. */
  delays?: readonly number[]
  /** Milliseconds to wait after the first failed try; each later wait is `factor` times the one before. */
  base?: number
  /** At least 1. Default 2. */
  factor?: number
  /** No wait is longer, jitter apart. Milliseconds; default 86,400,000 (a day). */
  max?: number
  /** Tries in all, the first one counted; `Infinity`: never give up. Default: one more than `delays`, or 8 with `base`. */
  attempts?: number
  /**
   * Spreads retries: up to this fraction of the wait is added, by chance. Only ever added, so nothing comes earlier than
   * the schedule says. 0 to 1, `false` for none; default 0.1.
   */
  jitter?: number | boolean
}

const DEFAULT_JITTER = 0.1
const DEFAULT_ATTEMPTS = 8
const DAY = 86_400_000

/** When to try again. All times are milliseconds. Takes options, or the name of a preset: `default`, `agenta`. */
export function retrySchedule(options: RetryScheduleOptions | RetryPresetName = 'default'): RetrySchedule {
  const checked = check(typeof options === 'string' ? preset(options) : options)
  const { attempts, jitter, waitAfter } = checked
  return (attempt, random = Math.random) => {
    if (typeof attempt !== 'number' || Number.isNaN(attempt))
      throw invalid('attempt is the number of tries that failed')
    const failed = Math.max(1, Math.floor(attempt))
    if (failed >= attempts) return null
    const wait = waitAfter(failed)
    const chance = typeof random === 'function' ? random() : random
    return Math.round(wait + wait * jitter * Math.min(1, Math.max(0, chance)))
  }
}

interface Checked {
  attempts: number
  jitter: number
  waitAfter: (failed: number) => number
}

function check(options: RetryScheduleOptions): Checked {
  if (typeof options !== 'object' || options === null) throw invalid('give options, or the name of a preset')
  const { base, factor = 2, max = DAY } = options
  const jitter = jitterOf(options.jitter)
  inRange('factor', factor, 1, Number.MAX_VALUE)
  inRange('max', max, 0, Number.POSITIVE_INFINITY)
  if (base === undefined) {
    const delays = [...(options.delays ?? RETRY_PRESETS.default.delays)]
    delays.forEach((delay, index) => {
      inRange(`delays[${index}]`, delay, 0, Number.MAX_SAFE_INTEGER)
    })
    const attempts = attemptsOf(options.attempts ?? delays.length + 1)
    const last = delays.at(-1) ?? 0
    return { attempts, jitter, waitAfter: (failed) => Math.min(delays[failed - 1] ?? last, max) }
  }
  if (options.delays !== undefined) throw invalid('give either delays or base, not both')
  inRange('base', base, 0, Number.MAX_SAFE_INTEGER)
  const attempts = attemptsOf(options.attempts ?? DEFAULT_ATTEMPTS)
  const waitAfter = (failed: number) => (base === 0 ? 0 : Math.min(base * factor ** (failed - 1), max))
  return { attempts, jitter, waitAfter }
}

function preset(name: string): RetryScheduleOptions {
  if (Object.hasOwn(RETRY_PRESETS, name)) return RETRY_PRESETS[name as RetryPresetName]
  throw invalid(`there is no preset ${JSON.stringify(name)}; there are ${Object.keys(RETRY_PRESETS).join(' and ')}`)
}

function jitterOf(jitter: number | boolean | undefined): number {
  if (jitter === undefined || jitter === true) return DEFAULT_JITTER
  if (jitter === false) return 0
  inRange('jitter', jitter, 0, 1)
  return jitter
}

function attemptsOf(attempts: number): number {
  if (attempts === Number.POSITIVE_INFINITY || (Number.isInteger(attempts) && attempts >= 1)) return attempts
  throw invalid('attempts must be a whole number from 1 on: tries in all, the first one counted')
}

function inRange(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  const range = most >= Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`
  throw invalid(`${name} must be a number, ${range}`)
}

function invalid(message: string): PullwrightError {
  return new PullwrightError('invalid-argument', `Retry schedule: ${message}`)
}
