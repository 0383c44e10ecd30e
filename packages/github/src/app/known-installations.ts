import { isVcsError, type PluginContext } from '@pullwright/core'
import { tokenAuthorization } from '../authorization.ts'
import { type CallContext, type ClientParts, createClient, type GitHubClient } from '../client.ts'
import { type Installation, toInstallation } from './installations.ts'
import { allows } from './scope.ts'

/** An installation of the App as it was last seen. */
export type KnownInstallation = {
  id: number
  account: string
  /** `suspended` and `removed` ones get no token: work for their repositories ends with an error that says so. */
  status: 'active' | 'suspended' | 'removed'
  /** Where its owner changes it. */
  url: string
  /** Permissions of the features in use that it was not granted (yet), such as `checks=write`. */
  missing: string[]
  /** `owner/name` of each repository it reaches. */
  repositories: string[]
  /** Whose it is: projects one of whose people showed GitHub that they may see it. */
  projects: string[]
}

export interface KnownInstallations {
  /** Asks GitHub how it stands, and keeps that. */
  refresh(context: PluginContext, id: number): Promise<KnownInstallation>
  /** All of them: what webhooks told of and what they missed. */
  reconcile(context: PluginContext): Promise<void>
  bind(context: PluginContext, id: number, project: string): Promise<void>
  /** Every one there is, or the project's. */
  list(context: PluginContext, project?: string): Promise<KnownInstallation[]>
}

const PREFIX = 'installation/'
const PAGE = 100

export function knownInstallations(
  rest: GitHubClient['rest'],
  needed: Readonly<Record<string, string>>,
  parts: Omit<ClientParts, 'authorization'>,
): KnownInstallations {
  return {
    refresh: async (context, id) => keep(context, id, await look(id)),
    async reconcile(context) {
      const there = await everyPage((page) => listed(page))
      const known = await all(context)
      const gone = known.filter(({ id, status }) => status !== 'removed' && !there.some((one) => one.id === id))
      for (const { id } of [...there, ...gone]) await keep(context, id, await look(id))
    },
    bind: async (context, id, project) =>
      void (await change(context, id, (old) => ({ ...old, projects: [...new Set([...old.projects, project])] }))),
    async list(context, project) {
      return (await all(context)).filter(({ projects }) => project === undefined || projects.includes(project))
    },
  }

  async function look(id: number): Promise<Partial<KnownInstallation>> {
    const context: CallContext = { repository: '', doing: "look at the App's installation", needs: ['metadata=read'] }
    try {
      const { data } = await rest<{ status: number; data: unknown }>(
        (request, common) => request('GET /app/installations/{installation_id}', { installation_id: id, ...common }),
        context,
      )
      return await describe(toInstallation(data))
    } catch (error) {
      if (isVcsError(error) && error.code === 'not-found') return { status: 'removed', repositories: [], missing: [] }
      throw error
    }
  }

  async function describe(found: Installation): Promise<Partial<KnownInstallation>> {
    const { id, account, url, permissions, suspended } = found
    const lacking = Object.entries(needed).filter(([name, level]) => !allows(permissions, name, level))
    const missing = lacking.map(([name, level]) => `${name}=${level}`)
    const facts = { account, url, missing }
    if (suspended) return { ...facts, status: 'suspended' }
    return { ...facts, status: 'active', repositories: await repositoriesOf(id) }
  }

  async function repositoriesOf(id: number): Promise<string[]> {
    const { data } = await rest(
      (request, common) =>
        request('POST /app/installations/{installation_id}/access_tokens', {
          ...{ installation_id: id, permissions: { metadata: 'read' } as const, ...common },
        }),
      { repository: '', doing: "get a token of the App's installation" },
    )
    const client = createClient({ ...parts, authorization: tokenAuthorization(data.token) })
    const context: CallContext = {
      repository: '',
      doing: "list the installation's repositories",
      needs: ['metadata=read'],
    }
    return everyPage(async (page) => {
      const { data } = await client.rest(
        (request, common) => request('GET /installation/repositories', { per_page: PAGE, page, ...common }),
        context,
      )
      return data.repositories.map(({ full_name }) => full_name)
    })
  }

  async function listed(page: number): Promise<Installation[]> {
    const { data } = await rest<{ status: number; data: unknown }>(
      (request, common) => request('GET /app/installations', { per_page: PAGE, page, ...common }),
      { repository: '', doing: "list the App's installations", needs: ['metadata=read'] },
    )
    return (data as unknown[]).map(toInstallation)
  }
}

function keep(context: PluginContext, id: number, seen: Partial<KnownInstallation>): Promise<KnownInstallation> {
  return change(context, id, (old) => ({ ...old, ...seen }))
}

/** Somebody else may write the same one: the change is made again on what they wrote. */
async function change(
  { documents }: PluginContext,
  id: number,
  edit: (old: KnownInstallation) => KnownInstallation,
): Promise<KnownInstallation> {
  for (;;) {
    const row = await documents.get(PREFIX + id)
    const old = row === null ? { ...UNKNOWN, id } : (row.value as KnownInstallation)
    const value = edit(old)
    if (await documents.put(PREFIX + id, value, { expectedVersion: row?.version ?? 0 })) return value
  }
}

const UNKNOWN: Omit<KnownInstallation, 'id'> = {
  ...{ account: '', status: 'removed', url: '', missing: [], repositories: [], projects: [] },
}

async function all({ documents }: PluginContext): Promise<KnownInstallation[]> {
  const found: KnownInstallation[] = []
  for (let after: string | undefined; ; ) {
    const page = await documents.list({ prefix: PREFIX, limit: PAGE, ...(after === undefined ? {} : { after }) })
    found.push(...page.map(({ value }) => value as KnownInstallation))
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return found
  }
}

async function everyPage<T>(read: (page: number) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let page = 1; ; page++) {
    const rows = await read(page)
    found.push(...rows)
    if (rows.length < PAGE) return found
  }
}
