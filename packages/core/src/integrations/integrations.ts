import { z } from 'zod'
import type { Audit } from '../audit/audit.ts'
import { newId } from '../engine/ids.ts'
import { PullwrightError } from '../errors.ts'
import { formatProblems, problemsOf } from '../events/problems.ts'
import type { JsonValue } from '../json.ts'
import type { IntegrationRow, Store } from '../ports/store.ts'
import type { RepositoryInspection, Vcs } from '../ports/vcs.ts'
import type { SecretBox } from '../secrets/secret-box.ts'

const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

/** What a route in code may say about itself and a tenant too. Unknown rules are refused: a typo must not be silent. */
const rules = z.strictObject({
  when: z.strictObject({ app: texts.optional(), environment: texts.optional() }).optional(),
  pullRequest: z.boolean().optional(),
  path: z.string().min(1).optional(),
  format: z.enum(['json', 'yaml']).optional(),
  branch: z.string().min(1).optional(),
  strategy: z.enum(['update', 'separate']).optional(),
  title: z.string().min(1).optional(),
  template: z.string().min(1).optional(),
  labels: z.array(z.string().min(1)).optional(),
  reviewers: z.array(z.string().min(1)).optional(),
  teamReviewers: z.array(z.string().min(1)).optional(),
  assignees: z.array(z.string().min(1)).optional(),
  draft: z.boolean().optional(),
  autoMerge: z.union([z.boolean(), z.enum(['merge', 'squash', 'rebase'])]).optional(),
  requirePrivate: z.boolean().optional(),
})

const draftSchema = z.strictObject({
  project: z.string().min(1).optional(),
  name: z.string().min(1).max(200).optional(),
  vcs: z.string().min(1),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  repository: z.string().regex(/^[^\s/]+(\/[^\s/]+)+$/, 'must be `owner/name`'),
  base: z.string().min(1).optional(),
  credential: z.string().min(1, 'must be the access token'),
  enabled: z.boolean().optional(),
  rules: rules.optional(),
})
const changeSchema = draftSchema.omit({ project: true, vcs: true }).partial()

export type IntegrationDraft = z.input<typeof draftSchema>
export type IntegrationChange = z.input<typeof changeSchema>
export type IntegrationRules = z.infer<typeof rules>

/** A tenant's own connection to a repository, without its credential, which is never shown again. */
export type Integration = Omit<IntegrationRow, 'sealedCredential'>

export interface Integrations {
  /** Seals the credential; needs a `key`. Throws `invalid-argument` with every problem named by path. */
  create(draft: IntegrationDraft): Promise<Integration>
  list(filter?: { project?: string }): Promise<Integration[]>
  get(id: string): Promise<Integration>
  update(id: string, change: IntegrationChange): Promise<Integration>
  remove(id: string): Promise<void>
  /** "Test connection", for one that is saved or a draft that is not. */
  test(idOrDraft: string | IntegrationDraft): Promise<RepositoryInspection>
}

export interface IntegrationParts {
  store: Store
  requireBox: () => SecretBox
  now: () => number
  audit: Audit
  /** The project a call is for, and the one lists are limited to. */
  projectOf: (asked: string | undefined) => string
  project: string | undefined
  subject: string | undefined
  connect: (integration: IntegrationRow) => Promise<Vcs>
}

export function createIntegrations(parts: IntegrationParts): Integrations {
  const { store, now } = parts
  return {
    async create(draft) {
      const row = await rowOf(parse(draftSchema, draft))
      await parts.connect(row)
      if (!(await store.integrations.put(row))) throw new PullwrightError('conflict', 'The new id is taken; try again')
      await note('integration.create', row)
      return shown(row)
    },
    async list(filter = {}) {
      const all = filter.project === '*' && parts.project === undefined
      const rows = await store.integrations.list(all ? {} : { project: parts.projectOf(filter.project) })
      return rows.map(shown)
    },
    get: async (id) => shown(await find(id)),
    async update(id, change) {
      const { credential, rules: changed, ...facts } = parse(changeSchema, change)
      const old = await find(id)
      const fresh = credential === undefined ? {} : await sealed(credential)
      const row: IntegrationRow = {
        ...old,
        ...(Object.fromEntries(
          Object.entries(facts).filter(([, value]) => value !== undefined),
        ) as Partial<IntegrationRow>),
        ...fresh,
        ...(changed === undefined ? {} : { rules: changed as JsonValue }),
        version: old.version + 1,
        updatedAt: now(),
      }
      await parts.connect(row)
      if (!(await store.integrations.put(row))) {
        throw new PullwrightError(
          'conflict',
          `Integration ${id} was changed by somebody else meanwhile; read it and try again`,
        )
      }
      await note('integration.update', row)
      return shown(row)
    },
    async remove(id) {
      const row = await find(id)
      await store.integrations.remove(id, row.project)
      await note('integration.remove', row)
    },
    async test(idOrDraft) {
      const row = typeof idOrDraft === 'string' ? await find(idOrDraft) : await rowOf(parse(draftSchema, idOrDraft))
      return (await parts.connect(row)).inspect(row.repository)
    },
  }

  async function find(id: string): Promise<IntegrationRow> {
    const row = await store.integrations.get(id, parts.project)
    if (!row) throw new PullwrightError('not-found', `There is no integration ${JSON.stringify(id)} in this project`)
    return row
  }

  async function rowOf(draft: z.output<typeof draftSchema>): Promise<IntegrationRow> {
    const at = now()
    return {
      id: newId('int', at),
      project: parts.projectOf(draft.project),
      version: 1,
      createdAt: at,
      updatedAt: at,
      name: draft.name ?? null,
      vcs: draft.vcs,
      baseUrl: draft.baseUrl ?? null,
      repository: draft.repository,
      base: draft.base ?? null,
      ...(await sealed(draft.credential)),
      enabled: draft.enabled ?? true,
      rules: (draft.rules ?? {}) as JsonValue,
    }
  }

  async function sealed(credential: string) {
    return { sealedCredential: await parts.requireBox().seal(credential), credentialCreatedAt: now() }
  }

  async function note(action: string, row: IntegrationRow): Promise<void> {
    await parts.audit.record({
      project: row.project,
      actor: parts.subject ?? null,
      action,
      target: row.id,
      result: 'ok',
      details: { vcs: row.vcs, repository: row.repository, enabled: row.enabled },
    })
  }
}

function shown({ sealedCredential: _sealed, ...rest }: IntegrationRow): Integration {
  return rest
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = problemsOf(parsed.error, '')
  throw new PullwrightError('invalid-argument', `The integration was refused: ${formatProblems(problems)}`, {
    problems,
  })
}
