import { PullwrightError } from '../errors.ts'
import type { JsonValue } from '../json.ts'
import type { InboundEvent, InboundRequest, InboundSource } from '../ports/source.ts'
import { standardKey } from '../signing/hmac.ts'
import { readHeader } from '../signing/read-header.ts'
import { DEFAULT_TOLERANCE_SECONDS, SCHEME_HEADERS, type WebhookScheme } from '../signing/schemes.ts'
import { verifyWebhook } from '../signing/verify-webhook.ts'

/** A request whose signature fits, with its body as JSON. */
export type VerifiedRequest = InboundRequest & { json: JsonValue }

export interface SourceDefinition {
  /** The last part of `/hooks/:source`: lower case letters, digits and `-`. */
  name: string
  /** How the sender signs. */
  scheme: WebhookScheme
  /** One or several: a delivery that fits any of them is taken, so that one can replace another. Empty ones are left out. */
  secrets: string | readonly (string | undefined)[] | undefined
  /**
   * The sender's own id of a delivery, the same when it is sent again; null where there is none. Default: the header of
   * the scheme. Sees verified requests only.
   */
  dedupe?: (request: VerifiedRequest) => string | null | undefined
  /** What a delivery means: an event, several, or null for nothing. No request and no clock: it must not do any work. */
  normalise: (request: VerifiedRequest) => InboundEvent | readonly InboundEvent[] | null | undefined
  /** How far the signed time may be off, either way. Default 300 seconds; for schemes with a time only. */
  toleranceSeconds?: number
  /** Larger bodies are answered 413. Default 25 MiB. */
  maxBodyBytes?: number
  /** A body that takes longer to come is answered 408, in milliseconds. Default 30,000. */
  bodyTimeoutMs?: number
  /**
   * An equal body within this time is the same delivery, whatever id it carries. Default one day; with a signed time
   * twice the tolerance, for nothing older is taken; 0 where `standard` signs the id too and `dedupe` is not given.
   */
  bodyWindowMs?: number
}

const OPTIONS: Readonly<Record<keyof SourceDefinition, true>> = {
  ...{ name: true, scheme: true, secrets: true, dedupe: true, normalise: true },
  ...{ toleranceSeconds: true, maxBodyBytes: true, bodyTimeoutMs: true, bodyWindowMs: true },
}

/** Schemes that always sign a time. GitLab does from 19.0 on and where its token is of the new form. */
const TIMED: readonly WebhookScheme[] = ['standard', 'agenta']
const MAY_BE_TIMED: readonly WebhookScheme[] = [...TIMED, 'gitlab']
const NAME = /^[a-z][a-z0-9-]*$/

/**
 * A source of webhooks: how they are signed, what tells one delivery from another, what they mean. Goes into
 * `createPullwright({ sources })` or a plugin's `sources`. Throws `invalid-argument` for unusable options.
 */
export function defineSource(definition: SourceDefinition): InboundSource {
  const secrets = check(definition)
  const { name, scheme, dedupe, normalise, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = definition
  const { maxBodyBytes, bodyTimeoutMs } = definition
  const bodyWindowMs = definition.bodyWindowMs ?? defaultWindow(definition, toleranceSeconds)
  const idHeader = SCHEME_HEADERS[scheme].id.toLowerCase()

  return {
    name,
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    ...(bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs }),
    ...(bodyWindowMs === undefined ? {} : { bodyWindowMs }),
    secrets: () => secrets,
    verify({ headers, body, receivedAt }) {
      const verdict = verifyWebhook(scheme, { secrets, headers, body, now: receivedAt, toleranceSeconds })
      return verdict.ok ? { ok: true } : { ok: false, reason: verdict.reason }
    },
    deliveryId(request) {
      const { json } = request
      if (dedupe === undefined || json === undefined) return readHeader(request.headers, idHeader)
      return dedupe({ ...request, json }) || null
    },
    normalise: (request) => eventsOf(name, normalise(request)),
  }
}

function defaultWindow({ scheme, dedupe }: SourceDefinition, toleranceSeconds: number): number | undefined {
  if (!TIMED.includes(scheme)) return undefined
  // Signed ahead by the tolerance, it is taken for as long again; the signed time is whole seconds, so one more.
  return scheme === 'standard' && dedupe === undefined ? 0 : (2 * toleranceSeconds + 1) * 1000
}

function check(definition: SourceDefinition): string[] {
  const { name, scheme, dedupe, normalise, toleranceSeconds, maxBodyBytes, bodyTimeoutMs, bodyWindowMs } = definition
  if (typeof name !== 'string' || !NAME.test(name))
    throw refused('', '`name` must be lower case letters, digits and `-`.')
  const unknown = Object.keys(definition).filter((option) => !Object.hasOwn(OPTIONS, option))
  if (unknown.length > 0) {
    throw refused(name, `There is no option \`${unknown.join('`, `')}\`, only ${Object.keys(OPTIONS).join(', ')}.`)
  }
  if (!Object.hasOwn(SCHEME_HEADERS, scheme)) {
    throw refused(name, `\`scheme\` must be one of ${Object.keys(SCHEME_HEADERS).join(', ')}.`)
  }
  if (typeof normalise !== 'function') throw refused(name, '`normalise` must be a function that returns events.')
  if (dedupe !== undefined && typeof dedupe !== 'function') {
    throw refused(name, '`dedupe` must be a function that returns the id of a delivery, or null.')
  }
  if (toleranceSeconds !== undefined && !MAY_BE_TIMED.includes(scheme)) {
    throw refused(name, `\`toleranceSeconds\` has no effect: ${scheme} signs no time. Set \`bodyWindowMs\` instead.`)
  }
  atLeast(name, 'toleranceSeconds', toleranceSeconds, 0)
  atLeast(name, 'maxBodyBytes', maxBodyBytes, 1)
  atLeast(name, 'bodyTimeoutMs', bodyTimeoutMs, 1)
  atLeast(name, 'bodyWindowMs', bodyWindowMs, 0)
  return usableSecrets(definition)
}

function atLeast(source: string, option: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isFinite(value) && value >= least)) return
  throw refused(source, `\`${option}\` must be a number of at least ${least}.`)
}

function usableSecrets({ name, scheme, secrets }: SourceDefinition): string[] {
  const given = [secrets ?? []].flat().filter((one) => typeof one === 'string' && one !== '') as string[]
  if (given.length === 0) throw refused(name, '`secrets` is empty. Give the secret that the sender signs with.')
  if (scheme === 'standard' && !given.every((secret) => standardKey(secret) !== null)) {
    throw refused(name, 'A secret of `standard` is base64, with or without `whsec_` before it.')
  }
  return given
}

function eventsOf(name: string, meaning: ReturnType<SourceDefinition['normalise']>): InboundEvent[] {
  const events = [meaning ?? []].flat()
  if (events.every((event) => typeof event?.type === 'string')) return events
  throw refused(name, '`normalise` must return `{ type, data }`, a list of them or null, and no promise.')
}

function refused(name: string, advice: string): PullwrightError {
  return new PullwrightError('invalid-argument', `defineSource(${name && JSON.stringify(name)}): ${advice}`)
}
