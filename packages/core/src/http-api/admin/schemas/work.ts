import { z } from 'zod'
import { anyJson, id, maybeTime, moment, page, pageOf, period, time } from './common.ts'

export const status = z.enum(['pending', 'running', 'retrying', 'waiting', 'done', 'dead', 'cancelled'])
const ended = z.enum(['done', 'dead', 'cancelled'])

export const attempt = z.object({
  number: z.int().describe('1, 2, 3 … over the whole life of its task'),
  started_at: time,
  ended_at: time,
  outcome: z.enum(['done', 'retry', 'dead', 'lost']),
  error: z.string().nullable(),
  details: anyJson.describe('Of deliveries: request, response, and times of each phase; redacted'),
})

const work = {
  id: z.string(),
  project: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  status,
  attempts: z.int().describe('Runs that count: waits do not'),
  due_at: time,
  created_at: time,
  settled_at: maybeTime,
  reason: z.string().nullable(),
  progress: z.string().nullable(),
}

export const delivery = z.object({ ...work, endpoint_id: z.string() })
export const deliveryPage = pageOf(delivery)
export const deliveryDetails = delivery.extend({
  body: z.string().nullable().describe('What is sent, to the byte'),
  history: z.array(attempt),
})

export const task = z.object({
  ...work,
  kind: z.enum(['endpoint', 'handler']),
  endpoint_id: z.string().nullable(),
  handler: z.string().nullable(),
  result: anyJson,
})
export const taskPage = pageOf(task)
export const taskDetails = task.extend({ history: z.array(attempt) })

export const attempts = z.object({ data: z.array(attempt) })

/** Several are asked for by naming the parameter several times. */
const shared = {
  status: z.array(status).min(1).optional(),
  type: z.array(z.string().min(1)).min(1).optional(),
  event: id.optional(),
  app: z.string().min(1).optional(),
  environment: z.string().min(1).optional(),
  ...period,
  ...page,
}
export const deliveryQuery = z.strictObject({ endpoint: id.optional(), ...shared })
export const taskQuery = z.strictObject({
  kind: z.enum(['endpoint', 'handler']).optional(),
  handler: z.string().min(1).optional().describe('Its full name, `plugin/handler`'),
  ...shared,
})

export const recovery = z
  .strictObject({
    endpoint: id,
    since: moment,
    until: moment.optional(),
    status: z.array(ended).min(1).optional().describe('`dead` and `cancelled` unless said'),
  })
  .refine(({ since, until }) => until === undefined || Date.parse(until) > Date.parse(since), {
    path: ['until'],
    message: 'must be after `since`',
  })

export const job = z.object({
  id: z.string(),
  kind: z.literal('recover'),
  status: z.enum(['pending', 'running', 'done', 'failed']),
  done: z.int().describe('How many were gone through'),
  total: z.int().nullable().describe('How many there are to go through; null before they are counted'),
  recovered: z.int().describe('How many are sent again'),
  error: z.string().nullable(),
  request: z.object({ endpoint: z.string(), since: time, until: time, status: z.array(ended) }),
  created_at: time,
  updated_at: time,
})
