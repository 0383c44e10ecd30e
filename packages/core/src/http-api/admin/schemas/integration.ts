import { z } from 'zod'
import { draftSchema } from '../../../integrations/integration-schema.ts'
import { rulesSchema } from '../../../integrations/rules.ts'
import { snakeShape } from '../wire.ts'
import { page, pageOf, time } from './common.ts'

const { shape } = draftSchema
const rules = z.strictObject(snakeShape(rulesSchema.shape))

export const integrationDraft = z.strictObject({
  name: shape.name,
  vcs: shape.vcs.describe('The name of an adapter, such as `github`'),
  base_url: shape.baseUrl,
  repository: shape.repository,
  base: shape.base,
  credential: shape.credential.describe('An access token. Sealed, and never shown again'),
  enabled: shape.enabled,
  rules: rules.optional(),
})
export const integrationChange = integrationDraft.omit({ vcs: true }).partial()
export const integrationQuery = z.strictObject(page)

export const integration = z.object({
  id: z.string(),
  project: z.string(),
  version: z.int().describe('Also the ETag: `If-Match: "3"`'),
  created_at: time,
  updated_at: time,
  name: z.string().nullable(),
  vcs: z.string(),
  base_url: z.string().nullable(),
  repository: z.string(),
  base: z.string().nullable(),
  credential_created_at: time,
  credential_expires_at: time.nullish().describe('Where the forge told as it was saved'),
  enabled: z.boolean(),
  rules,
})
export const integrationPage = pageOf(integration)

export const inspection = z.object({
  repository: z.string(),
  ok: z.boolean(),
  default_branch: z.string().nullable(),
  visibility: z.enum(['public', 'internal', 'private']).nullable(),
  missing: z.array(z.string()).describe('Permissions the credential lacks'),
  problems: z.array(z.string()).describe('What stands in the way, and what to do'),
  auto_merge_allowed: z.boolean().nullable(),
  merge_methods: z.array(z.string()),
  credential_expires_at: time.nullable(),
})
