import type { Redactor } from '../redaction/redactor.ts'
import type { EndpointFacts } from './endpoint-schema.ts'
import type { EndpointFilter, EndpointPayload, EndpointSettings } from './endpoint-settings.ts'

const HIDDEN = '[REDACTED]'
/** Parts of header names whose values are not shown again. */
const SECRET_NAME = /auth|token|secret|key|password|cookie|signature|credential/i

/** Settings with what a draft or a change says in them; what it does not say stays. Headers are the caller's to seal. */
export function mergeSettings(settings: EndpointSettings, facts: EndpointFacts): EndpointSettings {
  const schemes = facts.schemes ?? facts.scheme
  return {
    ...settings,
    ...(schemes === undefined ? {} : { schemes: [...new Set(listOf(schemes))] }),
    ...(facts.filter === undefined ? {} : { filter: filterOf(facts.filter) }),
    ...(facts.ordering === undefined ? {} : { ordering: facts.ordering }),
    ...(facts.rateLimit === undefined ? {} : { rateLimit: facts.rateLimit }),
    ...(facts.concurrency === undefined ? {} : { concurrency: facts.concurrency }),
    ...(facts.retry === undefined ? {} : { retry: facts.retry }),
    ...(facts.retryOn === undefined ? {} : { retryOn: facts.retryOn }),
    ...(facts.payload === undefined ? {} : { payload: payloadOf(settings.payload, facts.payload) }),
    ...(facts.timeoutMs === undefined ? {} : { timeoutMs: facts.timeoutMs }),
  }
}

/** Headers as they may be shown: values are hidden by the header's name and by their own looks. */
export function shownHeaders(
  headers: Readonly<Record<string, string>>,
  redactor: Pick<Redactor, 'text'>,
): Record<string, string> {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    SECRET_NAME.test(name) ? HIDDEN : redactor.text(value),
  ])
  return Object.fromEntries(shown)
}

/** New headers, in which a value that was only shown hidden stays what it is. */
export function keepHidden(
  headers: Readonly<Record<string, string>>,
  before: { shown: Readonly<Record<string, string>>; real: Readonly<Record<string, string>> },
): Record<string, string> {
  const kept = Object.entries(headers).map(([name, value]) => {
    const real = before.shown[name] === value ? before.real[name] : undefined
    return [name, real ?? value]
  })
  return Object.fromEntries(kept)
}

function filterOf(filter: EndpointFacts['filter']): EndpointFilter {
  const attributes = Object.entries(filter?.attributes ?? {}).map(([name, wanted]) => [name, listOf(wanted)])
  return {
    environment: filter?.environment ? listOf(filter.environment) : null,
    app: filter?.app ? listOf(filter.app) : null,
    attributes: Object.fromEntries(attributes),
  }
}

function payloadOf(before: EndpointPayload, given: NonNullable<EndpointFacts['payload']>): EndpointPayload {
  if (typeof given === 'string') return { ...before, mode: given, fields: null, include: [] }
  return {
    mode: given.mode ?? 'full',
    fields: given.fields ?? null,
    include: given.include ?? [],
    maxBytes: given.maxBytes ?? before.maxBytes,
    pseudonymise: given.pseudonymise ?? before.pseudonymise,
  }
}

function listOf<T extends string>(value: T | readonly T[]): T[] {
  return typeof value === 'string' ? [value] : [...value]
}
