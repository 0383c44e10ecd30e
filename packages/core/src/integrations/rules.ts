import { z } from 'zod'
import { isPlace } from '../selection/path-selection.ts'

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])
const list = z.array(z.string().min(1))
const flag = z.boolean().optional()
const merging = z.union([z.boolean(), z.enum(['merge', 'squash', 'rebase'])])
const place = z.string().max(200).refine(isPlace, 'must be a place such as `messages[*].content`')
/** A tenant's pattern must not cost more than ours: each `*` multiplies what a long key takes. */
const keyPattern = z
  .string()
  .max(100)
  .regex(/[\p{L}\p{N}]/u, 'must be a pattern such as `*_key`')
  .regex(/^(?:[^*]*\*){0,2}[^*]*$/, 'must not hold more than two `*`')

/** What a route in code may say about itself and a tenant too. Unknown rules are refused: a typo must not be silent. */
export const rulesSchema = z.strictObject({
  when: z.strictObject({ app: names.optional(), environment: names.optional() }).optional(),
  pullRequest: z.boolean().optional(),
  path: z.string().min(1).optional(),
  format: z.enum(['json', 'yaml']).optional(),
  branch: z.string().min(1).optional(),
  strategy: z.enum(['update', 'separate']).optional(),
  title: z.string().min(1).optional(),
  template: z.string().min(1).optional(),
  labels: list.optional(),
  reviewers: list.optional(),
  teamReviewers: list.optional(),
  assignees: list.optional(),
  draft: z.boolean().optional(),
  autoMerge: z.union([merging, z.record(z.string().min(1), merging)]).optional(),
  onForeignCommits: z.enum(['append', 'fail', 'new-branch']).optional(),
  report: z.strictObject({ check: flag, deployment: flag, comment: flag, issue: flag }).optional(),
  include: z
    .strictObject({
      config: flag,
      diff: flag,
      only: z.array(place).max(100).optional(),
      except: z.array(place).max(100).optional(),
    })
    .optional(),
  redact: z.array(keyPattern).max(100).optional(),
  pseudonymise: z.boolean().optional(),
  requirePrivate: z.boolean().optional(),
})

export type IntegrationRules = z.infer<typeof rulesSchema>
