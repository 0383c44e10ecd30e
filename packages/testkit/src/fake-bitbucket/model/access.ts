import type { Account, Repository, RepositoryPermission } from './entities.ts'
import { notFound, Refusal } from './refusal.ts'
import { fullName, type Token, type World } from './world.ts'

export interface Session {
  token: Token | null
  account: Account | null
}

/** What a scope brings with it: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#bitbucket-oauth-2-0-scopes */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  'repository:write': ['repository'],
  'repository:admin': [],
  pullrequest: ['repository'],
  'pullrequest:write': ['pullrequest', 'repository', 'repository:write'],
  'issue:write': ['issue'],
}

function hasScope(granted: ReadonlySet<string>, scope: string): boolean {
  return granted.has(scope) || [...granted].some((one) => IMPLIED[one]?.includes(scope) === true)
}

/** Refuses as Bitbucket does: what it takes, and what the credential has. */
export function demandScope({ token }: Session, scope: string): void {
  if (token === null || hasScope(token.scopes, scope)) return
  const detail = { required: [scope], granted: [...token.scopes] }
  throw new Refusal(403, 'Your credentials lack one or more required privilege scopes.', { detail })
}

const LEVELS: readonly RepositoryPermission[] = ['read', 'write', 'admin']

export function permissionOf(
  world: World,
  repository: Repository,
  account: Account | null,
): RepositoryPermission | 'none' {
  if (account === null) return repository.private ? 'none' : 'read'
  const given = repository.permissions.get(account.uuid)
  if (given !== undefined) return given
  if (world.workspaces.get(repository.workspace.toLowerCase())?.has(account.uuid)) return 'write'
  return repository.private ? 'none' : 'read'
}

export function mayAt(permission: RepositoryPermission | 'none', level: RepositoryPermission): boolean {
  return permission !== 'none' && LEVELS.indexOf(permission) >= LEVELS.indexOf(level)
}

export function demandPermission(
  world: World,
  { account }: Session,
  repository: Repository,
  level: RepositoryPermission,
): void {
  if (mayAt(permissionOf(world, repository, account), level)) return
  throw new Refusal(403, `Your account does not have ${level} access to ${fullName(repository)}.`)
}

/** What the session may not see is not there. */
export function visibleRepository(world: World, session: Session, workspace: string, slug: string): Repository {
  const found = [...world.repositories.values()].find(
    (one) =>
      (one.workspace.toLowerCase() === workspace.toLowerCase() && one.slug.toLowerCase() === slug.toLowerCase()) ||
      one.uuid === slug,
  )
  const allowed = session.token?.repositories ?? null
  const hidden =
    found === undefined ||
    (allowed !== null && !allowed.has(fullName(found).toLowerCase())) ||
    permissionOf(world, found, session.account) === 'none'
  if (found !== undefined && !hidden) return found
  throw notFound(
    `You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.`,
  )
}
