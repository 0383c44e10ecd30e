import { type CallOptions, isVcsError, type MergeMethod, type RepositoryInspection } from '@pullwright/core'
import type { BranchBody, RepositoryBody } from './bodies.ts'
import type { BitbucketClient, CallContext } from './client.ts'
import { findMissing } from './missing-scopes.ts'
import { quoted } from './pull-requests.ts'
import { repositoryName } from './repository-name.ts'

const REPOSITORY = '/repositories/{workspace}/{repo_slug}'

/**
 * What a credential can do in a repository. Three requests; two more, that change nothing, where Bitbucket does not tell
 * a credential's scopes. Throws only where Bitbucket could not be asked at all.
 */
export async function inspect(
  client: BitbucketClient,
  repository: string,
  { signal }: CallOptions = {},
): Promise<RepositoryInspection> {
  const parameters = { ...repositoryName(repository) }
  const context: CallContext = { repository, doing: 'look at the repository', needs: ['repository'], signal }
  try {
    const { data, headers } = await client.call<RepositoryBody>(`GET ${REPOSITORY}`, { parameters }, context)
    const main = data.mainbranch?.name ?? null
    const branch = main === null ? null : await mainBranch(client, main, context)
    const role = await ownPermission(client, data, context)
    const missing = await findMissing(client, headers, role, context)
    return describe(repository, { data, main, branch, missing })
  } catch (error) {
    if (!isVcsError(error) || !TOLD.has(error.code)) throw error
    return { ...NOTHING, repository, missing: [...error.missing], problems: [error.message], refused: error.code }
  }
}

/** Refusals that are the answer to the question. */
const TOLD: ReadonlySet<string> = new Set(['auth', 'permission', 'not-found', 'policy'])

const NOTHING = {
  ok: false,
  defaultBranch: null,
  visibility: null,
  autoMergeAllowed: null,
  mergeMethods: [],
  credentialExpiresAt: null,
} satisfies Partial<RepositoryInspection>

interface Found {
  data: RepositoryBody
  main: string | null
  branch: BranchBody | null
  missing: string[]
}

function describe(repository: string, { data, main, branch, missing }: Found): RepositoryInspection {
  const problems: string[] = []
  if (branch === null)
    problems.push(`${repository} is empty. Push a first commit${main === null ? '' : ` to ${main}`}.`)
  if (missing.length > 0) {
    problems.push(
      `The credential lacks ${missing.join(', ')}. Give it in Bitbucket's settings, or make a new one with it.`,
    )
  }
  return {
    repository,
    ok: problems.length === 0,
    defaultBranch: main,
    visibility: data.is_private === undefined ? null : data.is_private ? 'private' : 'public',
    missing,
    problems,
    // There is none in Bitbucket's API.
    autoMergeAllowed: false,
    mergeMethods: methodsOf(branch?.merge_strategies ?? []),
    // Bitbucket does not tell.
    credentialExpiresAt: null,
  }
}

const METHODS: Readonly<Record<string, MergeMethod>> = {
  merge_commit: 'merge',
  squash: 'squash',
  squash_fast_forward: 'squash',
  rebase_fast_forward: 'rebase',
  rebase_merge: 'rebase',
}

function methodsOf(strategies: readonly string[]): MergeMethod[] {
  return [...new Set(strategies.flatMap((strategy) => METHODS[strategy] ?? []))]
}

async function mainBranch(client: BitbucketClient, name: string, context: CallContext): Promise<BranchBody | null> {
  const parameters = { ...repositoryName(context.repository), q: `name = ${quoted(name)}` }
  const [found] = await client.all<BranchBody>(`GET ${REPOSITORY}/refs/branches`, parameters, context)
  return found ?? null
}

/** What the account may do, whatever the token's scopes; null where the credential may not ask. */
async function ownPermission(
  client: BitbucketClient,
  data: RepositoryBody,
  context: CallContext,
): Promise<string | null> {
  const parameters = { q: `repository.full_name = ${quoted(data.full_name)}` }
  const asking = { ...context, needs: ['account'] }
  try {
    const all = await client.all<{ permission?: string }>('GET /user/permissions/repositories', parameters, asking)
    return all[0]?.permission ?? null
  } catch (error) {
    if (isVcsError(error) && TOLD.has(error.code)) return null
    throw error
  }
}
