import { z } from 'zod'
import { endpointSchemas } from '../../../webhooks/endpoint-schema.ts'
import { page, pageOf, time } from './common.ts'

const { shape } = endpointSchemas.draft

const payload = z.union([
  z.enum(['full', 'summary']),
  z.strictObject({
    mode: z.enum(['full', 'summary']).optional(),
    fields: z.array(z.string().min(1)).min(1).optional(),
    include: z.array(z.enum(['config', 'previous_config'])).optional(),
    max_bytes: z.int().min(1).optional(),
    pseudonymise: z
      .boolean()
      .optional()
      .describe('E-mail addresses stand as pseudonyms, the same in all of the project'),
  }),
])

const retry = z
  .union([
    z.enum(['default', 'agenta']),
    z.strictObject({
      delays: z.array(z.number().min(0)).optional(),
      base: z.number().min(0).optional(),
      factor: z.number().min(1).optional(),
      max: z.number().min(0).optional(),
      attempts: z.int().min(1).optional(),
      jitter: z.union([z.number().min(0).max(1), z.boolean()]).optional(),
    }),
  ])
  .describe('A preset, or a schedule of its own; times are milliseconds')

const rateLimit = z.strictObject({ per_second: z.number().positive() })

const facts = {
  name: shape.name,
  description: shape.description,
  scheme: shape.scheme,
  schemes: shape.schemes,
  headers: shape.headers,
  filter: shape.filter,
  ordering: shape.ordering,
  rate_limit: rateLimit.nullish(),
  concurrency: shape.concurrency,
  retry: retry.optional(),
  retry_on: shape.retryOn,
  payload: payload.optional(),
  timeout_ms: shape.timeoutMs,
  enabled: shape.enabled,
}

export const endpointDraft = z.strictObject({
  url: shape.url,
  events: shape.events,
  secret: shape.secret.describe('Generated where none is given. Shown once, in the answer to this request'),
  ...facts,
})
export const endpointTestDraft = endpointDraft.partial({ events: true })
export const endpointChange = endpointDraft.omit({ secret: true }).partial()
export const endpointReason = z.strictObject({ reason: z.string().min(1).max(1_000).optional() })
export const secretRotation = z.strictObject({
  overlap_seconds: endpointSchemas.rotation.shape.overlapSeconds.describe('So long the older secrets sign too'),
  secret: shape.secret,
})
export const endpointQuery = z.strictObject(page)

const strings = z.array(z.string())

export const endpoint = z.object({
  id: z.string(),
  project: z.string(),
  version: z.int().describe('Also the ETag: `If-Match: "3"`'),
  created_at: time,
  updated_at: time,
  name: z.string().nullable(),
  description: z.string().nullable(),
  url: z.string(),
  events: strings,
  enabled: z.boolean(),
  disabled_reason: z.string().nullable(),
  scheme: z.string(),
  schemes: strings,
  headers: z.record(z.string(), z.string()).describe('Values that may be secret are hidden'),
  filter: z.object({
    environment: strings.nullable(),
    app: strings.nullable(),
    attributes: z.record(z.string(), strings),
  }),
  ordering: z.enum(['none', 'key']),
  rate_limit: z.object({ per_second: z.number() }).nullable(),
  concurrency: z.int().nullable(),
  retry,
  retry_on: z.array(z.int()),
  payload: z.object({
    mode: z.enum(['full', 'summary']),
    fields: strings.nullable(),
    include: strings,
    max_bytes: z.int(),
    pseudonymise: z.boolean(),
  }),
  timeout_ms: z.int(),
  secret_ages: z.array(z.object({ created_at: time, expires_at: time.nullable() })),
})
export const endpointPage = pageOf(endpoint)
export const endpointWithSecret = endpoint.extend({ secret: z.string().describe('Shown this once') })

export const endpointHealth = z.object({
  status: z.enum(['healthy', 'failing', 'disabled']),
  failures: z.int().describe('In a row, up to now'),
  failing_since: time.nullable(),
  next_probe_at: time.nullable(),
})

const phase = z.number().nullable()

export const endpointTest = z.object({
  ok: z.boolean().describe('The receiver answered 2xx'),
  id: z.string(),
  status: z.int().nullable(),
  duration_ms: z.number(),
  error: z.string().nullable(),
  error_class: z.string().nullable(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    bytes: z.int(),
  }),
  response: z
    .object({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
      truncated: z.boolean(),
    })
    .nullable(),
  timings: z.object({ dns: phase, connect: phase, tls: phase, first_byte: phase, total: phase }),
})
