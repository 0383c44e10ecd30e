import { type CallOptions, isVcsError, type MergeMethod, type RepositoryInspection } from '@pullwright/core'
import type { CallContext, GitHubClient } from './client.ts'
import { INSPECT, type InspectData } from './graphql/queries.ts'
import { missing } from './missing.ts'
import { findMissing } from './probe-permissions.ts'
import { repositoryName } from './repository-name.ts'

type RepositoryNode = NonNullable<InspectData['repository']>

/**
 * What a credential can do in a repository. One request; three more, that change nothing, for a fine-grained token,
 * which GitHub does not tell the permissions of. Throws only where GitHub could not be asked at all.
 */
export async function inspect(
  client: GitHubClient,
  repository: string,
  { signal }: CallOptions = {},
): Promise<RepositoryInspection> {
  const context: CallContext = { repository, doing: 'look at the repository', signal }
  const variables = { ...repositoryName(repository) }
  try {
    const answer = await client.graphql<InspectData>(INSPECT, variables, context)
    const node = answer.data.repository
    if (!node) throw missing(client, answer.problems, context)
    const lacking = await findMissing(client, node, answer.headers, context)
    const renews = (await client.granted(context)) !== null
    return { ...describe(repository, node, lacking, expiry(answer.headers)), ...(renews && { credentialRenews: true }) }
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

const VISIBILITY = { PUBLIC: 'public', INTERNAL: 'internal', PRIVATE: 'private' } as const

function describe(
  repository: string,
  node: RepositoryNode,
  lacking: string[],
  credentialExpiresAt: number | null,
): RepositoryInspection {
  const problems: string[] = []
  if (node.isArchived) problems.push(`${repository} is archived and read-only. Unarchive it.`)
  if (node.isEmpty || node.defaultBranchRef === null) problems.push(`${repository} is empty. Push a first commit.`)
  if (lacking.length > 0) problems.push(`The credential lacks ${lacking.join(', ')}. Grant it in GitHub's settings.`)
  const methods: [MergeMethod, boolean][] = [
    ['merge', node.mergeCommitAllowed],
    ['squash', node.squashMergeAllowed],
    ['rebase', node.rebaseMergeAllowed],
  ]
  return {
    repository,
    ok: problems.length === 0,
    defaultBranch: node.defaultBranchRef?.name ?? null,
    visibility: VISIBILITY[node.visibility] ?? null,
    missing: lacking,
    problems,
    autoMergeAllowed: node.autoMergeAllowed,
    mergeMethods: methods.filter(([, allowed]) => allowed).map(([method]) => method),
    credentialExpiresAt,
  }
}

/** `2026-03-01 12:00:00 UTC`, or with an offset: sent with tokens that end some day. */
function expiry(headers: Record<string, string>): number | null {
  const text = headers['github-authentication-token-expiration']
  if (text === undefined) return null
  const [day = '', time = '', zone = 'UTC'] = text.trim().split(/\s+/)
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2')
  const at = Date.parse(`${day}T${time}${offset}`)
  return Number.isNaN(at) ? null : at
}
