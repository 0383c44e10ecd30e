import { z } from 'zod'
import { rulesSchema } from './rules.ts'

export const draftSchema = z.strictObject({
  project: z.string().min(1).optional(),
  name: z.string().min(1).max(200).nullish(),
  vcs: z.string().min(1),
  baseUrl: z.url({ protocol: /^https?$/ }).nullish(),
  repository: z.string().regex(/^[^\s/]+(\/[^\s/]+)+$/, 'must be `owner/name`'),
  base: z.string().min(1).nullish(),
  credential: z.string().min(1, 'must be the access token'),
  enabled: z.boolean().optional(),
  rules: rulesSchema.optional(),
})

export const changeSchema = draftSchema
  .omit({ project: true, vcs: true })
  .partial()
  /** The version that was read: a newer one is a `conflict`. */
  .extend({ version: z.int().min(1).optional() })

export type IntegrationDraft = z.input<typeof draftSchema>
export type IntegrationChange = z.input<typeof changeSchema>
