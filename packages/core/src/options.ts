import { checkNames } from './check-fields.ts'
import { PullwrightError } from './errors.ts'
import type { AnyEventDefinition } from './events/define-event.ts'
import { MAX_DEPTH } from './events/to-json.ts'
import type { EgressOptions } from './http/egress-guard.ts'
import type { Clock } from './ports/clock.ts'
import type { Logger } from './ports/logger.ts'
import type { Plugin } from './ports/plugin.ts'
import type { InboundSource } from './ports/source.ts'
import type { Store } from './ports/store.ts'
import type { Telemetry } from './ports/telemetry.ts'
import type { Vcs } from './ports/vcs.ts'
import type { RedactorOptions } from './redaction/redactor.ts'
import type { RetentionOptions } from './retention/retention.ts'
import type { SecretBox } from './secrets/secret-box.ts'

export interface PullwrightOptions<Own extends readonly AnyEventDefinition[] = readonly AnyEventDefinition[]> {
  /** Default: `memoryStore()`, with one warning that nothing survives a restart. */
  store?: Store
  /** Adapters to forges; each needs a name of its own. */
  vcs?: readonly Vcs[]
  /** What is to happen: flows, sources, notifications. Each needs a name of its own. */
  plugins?: readonly Plugin[]
  /** The host's own sources of webhooks, from `defineSource`; each is received at `/hooks/` and its name. */
  sources?: readonly InboundSource[]
  /** The host's own events, from `defineEvent`. */
  events?: Own
  /**
   * Base64 of 32 bytes: `generateKey()` makes one. Of several, the first seals and all of them open, so a key is
   * rotated by putting a new one in front. Needed as soon as a secret is stored.
   */
  key?: string | readonly string[] | SecretBox | undefined
  /** What to hide beyond the built-in patterns and token shapes. */
  redaction?: RedactionOptions
  /** Where webhooks may go. By default https to public addresses only. */
  egress?: EgressOptions
  /** pino's loggers and `console` fit. Default: warnings and errors to the console. */
  logger?: Logger
  /** Default: the system's. */
  clock?: Clock
  /** Where spans and metrics go: `openTelemetry()` or your own. Default: nowhere. */
  telemetry?: Telemetry
  /** Deletes events whose work has ended after so many days. Default: nothing is deleted. */
  retention?: RetentionOptions
  /** Sizes, and how much is done at once. */
  limits?: Limits
}

/**
 * Hidden exactly, also encoded, are: `values`, the sealing keys, what adapters and plugins hold, the credentials of
 * integrations and the secrets of endpoints that this process has used, and secrets of the environment.
 */
export interface RedactionOptions extends RedactorOptions {
  /**
   * Variables of the environment whose values are hidden, as globs: `['STRIPE_*']`. Beside these, and by default alone,
   * those whose name and value both look like a secret's, and passwords in URLs. `false`: none at all.
   */
  environment?: boolean | readonly string[]
}

export interface Limits {
  /** Of one configuration, and of an event's other data, as JSON. Default 16 MiB. */
  maxConfigBytes?: number
  /** Nesting of an event's data. Default 500 levels. */
  maxDepth?: number
  /** First tries at once in this process. Deliveries slower than a second give their places up. Default 32. */
  concurrency?: number
  /** Retries at once in this process, in a lane of their own. Default 16. */
  retryConcurrency?: number
  /** A dead worker is noticed after so long. Default 30,000 ms. */
  leaseMs?: number
  /** How often to look for work that nobody announced. Default 1,000 ms. */
  pollMs?: number
}

const OPTIONS: Readonly<Record<keyof PullwrightOptions, true>> = {
  ...{ store: true, vcs: true, plugins: true, sources: true, events: true, key: true, redaction: true, egress: true },
  ...{ logger: true, clock: true, telemetry: true, retention: true, limits: true },
}

const REDACTION_OPTIONS: Readonly<Record<keyof RedactionOptions, true>> = {
  ...{ keys: true, paths: true, values: true, detectors: true, replacement: true, fingerprintKey: true },
  ...{ pseudonymise: true, environment: true },
}

/** Throws `invalid-argument` for a name that is misspelt: what it was to hide, keep or forbid would not be. */
export function checkOptionNames(options: PullwrightOptions): void {
  checkNames('The options of createPullwright', options, OPTIONS)
  checkNames('`redaction`', options.redaction ?? {}, REDACTION_OPTIONS)
}

/** 16 MiB: far above any prompt configuration, far below what a process can hold several of. */
const MAX_CONFIG_BYTES = 16 * 1024 * 1024

const DEFAULT_LIMITS: Required<Limits> = {
  maxConfigBytes: MAX_CONFIG_BYTES,
  maxDepth: MAX_DEPTH,
  concurrency: 32,
  retryConcurrency: 16,
  leaseMs: 30_000,
  pollMs: 1_000,
}

/** Throws `invalid-argument` that names the limit which no work could be done under. */
export function checkLimits(limits: Limits = {}): Required<Limits> {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      const known = Object.keys(DEFAULT_LIMITS).join(', ')
      throw new PullwrightError('invalid-argument', `There is no limit ${JSON.stringify(name)}; there is: ${known}`)
    }
    if (value !== undefined) positive(`limits.${name}`, value)
  }
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
  return { ...DEFAULT_LIMITS, ...given }
}

export function positive(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 1 && value <= Number.MAX_SAFE_INTEGER) return value
  throw new PullwrightError('invalid-argument', `\`${name}\` must be a number of at least 1`)
}

/** The system's clock, with timers that keep the process alive while they wait. */
export function systemClock(clock: Clock | undefined): Required<Clock> {
  const timer = (callback: () => void, milliseconds: number) => {
    const id = setTimeout(callback, milliseconds)
    return () => clearTimeout(id)
  }
  return {
    now: clock ? () => clock.now() : Date.now,
    setTimer: clock?.setTimer ? (callback, ms) => clock.setTimer?.(callback, ms) ?? (() => {}) : timer,
  }
}

/** A library is quiet unless something needs a person. */
export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.warn(`pullwright: ${message}`, fields),
  error: (fields, message) => console.error(`pullwright: ${message}`, fields),
}

export const noTelemetry: Telemetry = { count() {}, time() {} }
