import { z } from 'zod'
import type { JsonObject, JsonValue } from '../../../json.ts'

/** ISO 8601 in UTC, to the millisecond. */
export const time = z.iso.datetime()
export const maybeTime = time.nullable()
/** What comes from outside may carry an offset. */
export const moment = z.iso.datetime({ offset: true })

/** Whatever JSON holds: it was checked, and redacted, when it was recorded. */
export const anyJson = z.custom<JsonValue>().describe('Any JSON')
export const anyObject = z.custom<JsonObject>().meta({ type: 'object', description: 'A JSON object' })

export const id = z.string().min(1).max(500)

/** `cursor` is a `next_cursor` of the page before. */
export const page = {
  limit: z.coerce.number<string | number>().int().min(1).max(200).optional().describe('Of one page; 50 unless said'),
  cursor: z.string().min(1).max(500).optional().describe('`next_cursor` of the page before'),
}

/** Half-open: `until` is not in it. */
export const period = { since: moment.optional(), until: moment.optional() }

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() })
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item) })
}

/** RFC 9457. */
export const problem = z.object({
  type: z.string().describe('`urn:pullwright:problem:` and the code'),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('Stable: what to tell problems apart by'),
  detail: z.string().optional().describe('What to do about it'),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('Each wrong value by its path in the body, or the name of the parameter'),
})
