import { z } from 'zod'
import { anyJson, anyObject, listOf, page, pageOf, period, time } from './common.ts'

export const sources = listOf(
  z.object({
    name: z.string(),
    path: z.string().describe('Below the mount point, such as `/hooks/github`'),
    max_body_bytes: z.int(),
  }),
)

export const policies = listOf(z.object({ name: z.string(), title: z.string() }))

export const auditEntry = z.object({
  project: z.string(),
  sequence: z.int(),
  at: time,
  actor: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  result: z.enum(['ok', 'failed']),
  details: anyJson,
  previous_hash: z.string(),
  hash: z.string(),
  erased: z.literal(true).optional().describe("Emptied by retention or at a person's wish"),
})
export const auditPage = pageOf(auditEntry)

const auditFilter = { action: z.string().min(1).optional(), ...period }
export const auditQuery = z.strictObject({ ...auditFilter, ...page })
export const auditExportQuery = z.strictObject({ format: z.enum(['jsonl', 'csv']).optional(), ...auditFilter })

export const auditVerdict = z.union([
  z.object({
    ok: z.literal(true),
    count: z.int(),
    head: z.string().describe('The last hash: keep it elsewhere'),
    pruned_through: z.int().optional().describe('Deleted by retention up to this one, as a checkpoint says'),
    erased: z.int().optional().describe('Emptied in their place, as checkpoints say'),
  }),
  z.object({ ok: z.literal(false), sequence: z.int(), reason: z.string() }),
])

export const health = z.object({ status: z.literal('ok') })

export const readiness = z.object({
  status: z.enum(['ready', 'not-ready']),
  store: z.object({ name: z.string(), reachable: z.boolean() }),
  backlog: z.array(
    z.object({
      target: z.string(),
      status: z.string(),
      count: z.int(),
      oldest_due_at: time,
      owned: z.boolean(),
    }),
  ),
})

export const openapi = anyObject
export const exported = z.string()
