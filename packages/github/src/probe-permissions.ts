import { isVcsError } from '@pullwright/core'
import { allows } from './app/scope.ts'
import type { CallContext, CommonParameters, GitHubClient } from './client.ts'
import type { InspectData } from './graphql/queries.ts'
import { repositoryName } from './repository-name.ts'

type RepositoryNode = NonNullable<InspectData['repository']>
type Request = Parameters<Parameters<GitHubClient['rest']>[0]>[0]

/** What Pullwright does with a repository takes these. */
const NEEDED = ['contents=write', 'pull_requests=write', 'statuses=write']

/** The permissions that are missing, as far as GitHub lets it be told. */
export async function findMissing(
  client: GitHubClient,
  node: RepositoryNode,
  headers: Record<string, string>,
  context: CallContext,
): Promise<string[]> {
  const granted = await client.granted(context)
  if (granted !== null) {
    return NEEDED.filter((one) => {
      const [permission = '', level = ''] = one.split('=')
      return !allows(granted, permission, level)
    })
  }
  const role = node.viewerPermission
  const scopes = headers['x-oauth-scopes']
  if (scopes !== undefined) {
    const granted = scopes.split(',').map((scope) => scope.trim())
    const enough = granted.includes('repo') || (node.visibility === 'PUBLIC' && granted.includes('public_repo'))
    return [...(enough ? [] : ['repo']), ...(role === 'READ' || role === 'TRIAGE' ? ['role write'] : [])]
  }
  if (role === 'READ' || role === 'TRIAGE') return NEEDED
  if (node.isArchived || node.defaultBranchRef === null) return []
  return probe(client, node.defaultBranchRef.name, context)
}

/**
 * Asks for things that cannot be: GitHub checks the permission first, so 403 means that it is missing and 422 that it
 * is there. Nothing is ever written.
 */
async function probe(client: GitHubClient, base: string, context: CallContext): Promise<string[]> {
  const { owner, name: repo } = repositoryName(context.repository)
  const place = { owner, repo }
  const nowhere = 'pullwright-permission-probe'
  const probes: [string, (request: Request, common: CommonParameters) => Promise<{ status: number }>][] = [
    [
      'contents=write',
      (request, common) =>
        request('POST /repos/{owner}/{repo}/git/refs', {
          ...place,
          ref: `refs/heads/${nowhere}`,
          sha: NO_COMMIT,
          ...common,
        }),
    ],
    [
      'pull_requests=write',
      (request, common) =>
        request('POST /repos/{owner}/{repo}/pulls', { ...place, title: nowhere, head: nowhere, base, ...common }),
    ],
    [
      'statuses=write',
      (request, common) =>
        request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...place, sha: NO_COMMIT, state: 'success', ...common }),
    ],
  ]
  const missing: string[] = []
  for (const [permission, ask] of probes) {
    try {
      await client.rest(ask, context)
    } catch (error) {
      if (!isVcsError(error) || error.code === 'unavailable' || error.code === 'rate-limited') throw error
      if (error.code === 'permission' || error.status === 404) missing.push(permission)
    }
  }
  return missing
}

const NO_COMMIT = '0'.repeat(40)
