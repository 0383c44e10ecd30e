import type { z } from 'zod'
import type { AuditNote } from '../audit/audit.ts'
import { newId } from '../engine/ids.ts'
import { isPullwrightError, isVcsError, type Problem, PullwrightError } from '../errors.ts'
import { formatProblems, problemsOf } from '../events/problems.ts'
import type { JsonValue } from '../json.ts'
import type { IntegrationRow } from '../ports/store.ts'
import type { RepositoryInspection, Vcs } from '../ports/vcs.ts'
import { checkCredential } from './check-credential.ts'
import type { draftSchema } from './integration-schema.ts'
import type { Integration, IntegrationParts, Integrations } from './integrations-api.ts'
import { ruleProblems } from './rule-problems.ts'
import type { IntegrationRules } from './rules.ts'
import { testConnection } from './test-connection.ts'

export type { IntegrationChange, IntegrationDraft } from './integration-schema.ts'
export type { Integration, IntegrationParts, Integrations } from './integrations-api.ts'
export type { IntegrationRules } from './rules.ts'

/** When one is first written: making them would cost every program that loads this. */
const loadSchemas = () => import('./integration-schema.ts')

export function createIntegrations(parts: IntegrationParts): Integrations {
  const { store, now } = parts
  return {
    async create(draft) {
      const draftRow = await rowOf(parse((await loadSchemas()).draftSchema, draft))
      const row = { ...draftRow, ...(await checkCredential(await check(draftRow), draftRow)) }
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
      const { credential, rules: changed, version, ...facts } = parse((await loadSchemas()).changeSchema, change)
      const old = await find(id)
      if (version !== undefined && version !== old.version) throw changedMeanwhile(id)
      if (facts.baseUrl !== undefined && facts.baseUrl !== old.baseUrl && credential === undefined) {
        const message = 'must be given together with a new `baseUrl`: the stored one is for another host'
        throw refused([{ path: 'credential', message }])
      }
      const fresh = credential === undefined ? {} : await sealed(credential)
      const changedRow: IntegrationRow = {
        ...old,
        ...(Object.fromEntries(
          Object.entries(facts).filter(([, value]) => value !== undefined),
        ) as Partial<IntegrationRow>),
        ...fresh,
        ...(changed === undefined ? {} : { rules: changed as JsonValue }),
        version: old.version + 1,
        updatedAt: now(),
        ...(facts.enabled === true && !old.enabled ? { enabledAt: now() } : {}),
      }
      const vcs = await check(changedRow)
      const asks = credential !== undefined || (changedRow.enabled && !old.enabled)
      const known = asks ? await checkCredential(vcs, changedRow) : {}
      const row = { ...changedRow, ...known }
      if (!(await store.integrations.put(row))) throw changedMeanwhile(id)
      await note('integration.update', row)
      return shown(row)
    },
    async remove(id, { version } = {}) {
      const row = await find(id)
      if (version !== undefined && version !== row.version) throw changedMeanwhile(id)
      if (!(await store.integrations.remove(id, row.project, version))) {
        throw version === undefined ? notFound(id) : changedMeanwhile(id)
      }
      await note('integration.remove', row)
    },
    async test(idOrDraft) {
      if (typeof idOrDraft === 'string') {
        const row = await find(idOrDraft)
        return tested(row, row.id, await parts.connect(row))
      }
      const row = await rowOf(parse((await loadSchemas()).draftSchema, idOrDraft))
      return tested(row, row.repository, await check(row))
    },
  }

  /** What can be known without a request; answers the adapter. */
  async function check(row: IntegrationRow): Promise<Vcs> {
    const problems = ruleProblems(row.rules as IntegrationRules, row.base)
    if (problems.length > 0) throw refused(problems)
    if (row.baseUrl !== null) parts.guard?.check(row.baseUrl)
    const vcs = await parts.connect(row).catch(asProblem)
    try {
      await vcs.capabilities(row.repository)
    } catch (error) {
      // Any other answer says nothing about the name: the forge may be out of reach just now.
      if (isVcsError(error) && error.code === 'invalid') throw refused([{ path: 'repository', message: error.message }])
    }
    return vcs
  }

  async function find(id: string): Promise<IntegrationRow> {
    const row = await store.integrations.get(id, parts.project)
    if (!row) throw notFound(id)
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

  /** A credential is tried on a repository by it, so that is noted too. */
  async function tested(row: IntegrationRow, target: string, vcs: Vcs): Promise<RepositoryInspection> {
    const found = await testConnection(vcs, row)
    await note('integration.test', row, { target, result: found.ok ? 'ok' : 'failed' })
    return found
  }

  async function note(action: string, row: IntegrationRow, more: Partial<AuditNote> = {}): Promise<void> {
    const details = { vcs: row.vcs, repository: row.repository, enabled: row.enabled }
    await parts.audit.record({ project: row.project, action, target: row.id, result: 'ok', details, ...more })
  }
}

function shown({ sealedCredential: _sealed, ...rest }: IntegrationRow): Integration {
  return rest
}

/** An adapter that is not there is a mistake in the draft, and nothing that is missing behind an id. */
function asProblem(error: unknown): never {
  if (!isPullwrightError(error) || error.code !== 'not-found') throw error
  throw refused([{ path: 'vcs', message: error.message }])
}

function notFound(id: string): PullwrightError {
  return new PullwrightError('not-found', `There is no integration ${JSON.stringify(id)} in this project`)
}

function changedMeanwhile(id: string): PullwrightError {
  const message = `Integration ${id} was changed by somebody else meanwhile; read it and try again`
  return new PullwrightError('conflict', message)
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw refused(problemsOf(parsed.error, ''))
}

function refused(problems: Problem[]): PullwrightError {
  const message = `The integration was refused: ${formatProblems(problems)}`
  return new PullwrightError('invalid-argument', message, { problems })
}
