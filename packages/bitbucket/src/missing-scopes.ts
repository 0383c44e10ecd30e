import { isVcsError } from '@pullwright/core'
import type { BitbucketClient, CallContext } from './client.ts'
import { PULL_REQUESTS } from './pull-requests.ts'
import { repositoryName } from './repository-name.ts'

/** What Pullwright does with a repository takes these; an API token names them the other way round. */
const NEEDED = [
  {
    scope: 'repository:write',
    // https://developer.atlassian.com/cloud/bitbucket/rest/intro/#bitbucket-oauth-2-0-scopes: it "implies".
    given: ['repository:write', 'pullrequest:write', 'write:repository:bitbucket'],
    probe: 'POST /repositories/{workspace}/{repo_slug}/refs/branches',
  },
  {
    scope: 'pullrequest:write',
    given: ['pullrequest:write', 'write:pullrequest:bitbucket'],
    probe: `POST ${PULL_REQUESTS}`,
  },
] as const

/** The scopes and the permission that are missing, as far as Bitbucket lets it be told. */
export async function findMissing(
  client: BitbucketClient,
  headers: Readonly<Record<string, string>>,
  role: string | null,
  context: CallContext,
): Promise<string[]> {
  const told = headers['x-oauth-scopes']
  const granted = told === undefined ? null : new Set(told.split(/[\s,]+/).filter((scope) => scope !== ''))
  const missing: string[] = []
  for (const { scope, given, probe } of NEEDED) {
    const there = granted === null ? await isAllowed(client, probe, context) : given.some((one) => granted.has(one))
    if (!there) missing.push(scope)
  }
  return role === 'read' ? [...missing, 'write permission in the repository'] : missing
}

/** Asks for what cannot be: 403 means that the scope is missing, and 400 that it is there. Nothing is written. */
async function isAllowed(client: BitbucketClient, route: string, context: CallContext): Promise<boolean> {
  try {
    await client.call(route, { parameters: { ...repositoryName(context.repository) }, json: {} }, context)
    return true
  } catch (error) {
    if (!isVcsError(error) || error.code === 'unavailable' || error.code === 'rate-limited') throw error
    return error.code !== 'permission'
  }
}
