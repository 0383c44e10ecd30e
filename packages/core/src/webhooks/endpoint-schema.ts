import { z } from 'zod'
import { checkNames } from '../check-fields.ts'
import { PullwrightError } from '../errors.ts'
import { formatProblems, problemsOf } from '../events/problems.ts'
import { RETRY_PRESETS, type RetryPresetName } from '../retry/presets.ts'
import { type RetryScheduleOptions, retrySchedule } from '../retry/retry-schedule.ts'
import { isPlace } from '../selection/path-selection.ts'
import { schemes, type WebhookScheme } from '../signing/index.ts'
import { isSystemHeader } from './delivery-headers.ts'

/** Whole parts between dots; `*` stands for a part. */
const EVENT_PATTERN = /^(\*|[\w-]+)(\.(\*|[\w-]+))*$/
/** RFC 9110, 5.6.2 and 5.5: a token, and a value without line breaks or other controls. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** Practical limit of URLs; receivers and proxies refuse longer ones. */
const LONGEST_URL = 2_048
const MOST_HEADERS = 50
/** Node's own limit for all headers of a request is 16 KiB. */
const LONGEST_HEADER = 4_096
const LARGEST_BODY = 25 * 1024 * 1024

const text = z.string().min(1)
const oneOrMore = z.union([text, z.array(text).min(1)])

const url = z
  .string()
  .max(LONGEST_URL)
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'must be an absolute https: URL')

const events = z
  .array(
    z.string().regex(EVENT_PATTERN, 'must be an event type such as `environment.deployed`, or end in `.*`, or be `*`'),
  )
  .min(1, 'must name at least one event type; `*` stands for all')

const SCHEMES = [...(Object.keys(schemes) as WebhookScheme[]), 'authorization'] as const
const scheme = z.enum(SCHEMES)
const schemeList = z.union([scheme, z.array(scheme).min(1)], `must be one or several of ${SCHEMES.join(', ')}`)

const headers = z.record(z.string(), z.string().max(LONGEST_HEADER)).superRefine((given, context) => {
  const names = Object.keys(given)
  if (names.length > MOST_HEADERS) context.addIssue(`must not be more than ${MOST_HEADERS}`)
  const seen = new Set<string>()
  for (const name of names) {
    const twice = seen.has(name.toLowerCase())
    seen.add(name.toLowerCase())
    const problem = twice ? 'is there already, written otherwise' : headerProblem(name, given[name] ?? '')
    if (problem !== null) context.addIssue({ code: 'custom', path: [name], message: problem })
  }
})

const retry = z.custom<RetryPresetName | RetryScheduleOptions>().superRefine((value, context) => {
  const problem = retryProblem(value)
  if (problem !== null) context.addIssue(problem)
})

const payload = z.union([
  z.enum(['full', 'summary']),
  z.strictObject({
    mode: z.enum(['full', 'summary']).optional(),
    fields: z
      .array(text.refine(isPlace, 'must be a place such as `config_diff.modified` or `config.messages[*].role`'))
      .min(1)
      .optional(),
    include: z.array(z.enum(['config', 'previous_config'])).optional(),
    maxBytes: z.int().min(1_024).max(LARGEST_BODY).optional(),
    pseudonymise: z.boolean().optional(),
  }),
])

const facts = {
  name: text.max(200).nullish(),
  description: text.max(2_000).nullish(),
  scheme: schemeList.optional(),
  schemes: schemeList.optional(),
  headers: headers.optional(),
  filter: z
    .strictObject({
      environment: oneOrMore.nullish(),
      app: oneOrMore.nullish(),
      attributes: z.record(text, oneOrMore).optional(),
    })
    .nullish(),
  ordering: z.enum(['none', 'key']).optional(),
  rateLimit: z.strictObject({ perSecond: z.number().positive().max(10_000) }).nullish(),
  concurrency: z.int().min(1).max(1_000).nullish(),
  retry: retry.optional(),
  retryOn: z.array(z.int().min(300).max(599).refine(isRetriable, 'always disables the endpoint')).optional(),
  payload: payload.optional(),
  timeoutMs: z.int().min(100).max(120_000).optional(),
  enabled: z.boolean().optional(),
}

const secret = text.max(1_000)

const draft = z.strictObject({ project: text.optional(), url, events, secret: secret.optional(), ...facts })
const testDraft = draft.extend({ events: events.optional() })
const change = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  ...facts,
  /** The version that was read: a newer one is a `conflict`. */
  version: z.int().min(1).optional(),
})
const rotation = z.strictObject({
  /** How long the older secrets sign too. Default 86,400 (a day). */
  overlapSeconds: z.number().min(0).max(31_536_000).optional(),
  secret: secret.optional(),
  /** The version that was read: a newer one is a `conflict`. */
  version: z.int().min(1).optional(),
})

/** As an endpoint is shown it has both, and may be given back so. */
function agrees({ scheme, schemes }: Pick<z.output<typeof change>, 'scheme' | 'schemes'>): boolean {
  return scheme === undefined || schemes === undefined || [scheme].flat()[0] === [schemes].flat()[0]
}
const TWO_WAYS = { path: ['scheme'], message: 'must not be given beside `schemes`, which says the same' }

export type EndpointDraft = z.input<typeof draft>
export type EndpointTestDraft = z.input<typeof testDraft>
export type EndpointChange = z.input<typeof change>
export type SecretRotation = z.input<typeof rotation>
/** What a draft and a change have in common, checked. */
export type EndpointFacts = Omit<z.output<typeof change>, 'version' | 'url' | 'events'>

export const endpointSchemas = {
  draft: draft.refine(agrees, TWO_WAYS),
  testDraft: testDraft.refine(agrees, TWO_WAYS),
  change: change.refine(agrees, TWO_WAYS),
  rotation,
}

/** Throws `invalid-argument` with every problem named by path. */
export function parseEndpoint<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = problemsOf(parsed.error, '')
  throw new PullwrightError('invalid-argument', `${what}: ${formatProblems(problems)}`, { problems })
}

const RETRY_OPTIONS: Readonly<Record<keyof RetryScheduleOptions, true>> = {
  ...{ delays: true, base: true, factor: true, max: true, attempts: true, jitter: true },
}

function isRetriable(status: number): boolean {
  return status !== 410
}

function headerProblem(name: string, value: string): string | null {
  if (!HEADER_NAME.test(name)) return 'is no header name'
  if (isSystemHeader(name)) return 'is set by Pullwright and cannot be replaced'
  return HEADER_VALUE.test(value) ? null : 'must not contain line breaks or other control characters'
}

function retryProblem(value: unknown): string | null {
  if (typeof value === 'string' && !Object.hasOwn(RETRY_PRESETS, value)) {
    return `must be one of ${Object.keys(RETRY_PRESETS).join(', ')}, or options of retrySchedule`
  }
  try {
    if (typeof value === 'object' && value !== null) checkNames('Retry schedule', value, RETRY_OPTIONS)
    // What is stored is JSON, so it is checked as JSON: a schedule that never ends cannot be written down.
    retrySchedule(JSON.parse(JSON.stringify(value)) as RetryScheduleOptions)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
