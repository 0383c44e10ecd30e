import { z } from 'zod'
import { anyJson, anyObject, id, listOf, page, pageOf, period, time } from './common.ts'

export const event = z.object({
  id: z.string(),
  type: z.string(),
  project: z.string(),
  occurred_at: time,
  recorded_at: time,
  source: z.string(),
  subject: z.string().nullable(),
  data: anyJson.describe('Redacted'),
  attributes: z.record(z.string(), z.string()),
  redactions: z.array(z.object({ path: z.string(), detector: z.string() })),
  idempotency_key: z.string().nullable(),
  ordering_key: z.string().nullable(),
  root_id: z.string().describe('The event that began the chain'),
  caused_by: z.string().nullable().describe('The task whose run emitted it'),
})
export const eventPage = pageOf(event)
export const eventDetails = event.extend({
  kept: anyObject.describe('Redacted parts kept for a handler or an endpoint: `config`, `previous_config`'),
})

export const eventQuery = z.strictObject({
  type: z.array(z.string().min(1)).min(1).optional(),
  root: id.optional().describe('Events of one chain'),
  idempotency_key: z.string().min(1).optional(),
  app: z.string().min(1).optional(),
  environment: z.string().min(1).optional(),
  ...period,
  ...page,
})

export const eventTypes = listOf(
  z.object({
    type: z.string(),
    description: z.string(),
    example: anyJson,
    schema: anyObject.describe('JSON Schema, draft 2020-12'),
  }),
)
