import type { Account, Repository, Role } from './entities.ts'
import { grants, type PermissionLevel, type PermissionName } from './permissions.ts'
import { Refusal } from './refusal.ts'
import { findRepository, nameWithOwner, type Token, type World } from './world.ts'

/** Who asks. Both are null for a request without a token. */
export interface Session {
  token: Token | null
  account: Account | null
}

const RANK: Record<Role, number> = { read: 1, triage: 2, write: 3, maintain: 4, admin: 5 }

/** What the account itself may do, whatever its token may. Null: nothing. */
export function roleOf(account: Account | null, repository: Repository): Role | null {
  const anybody = repository.private ? null : 'read'
  if (account === null) return anybody
  if (account === repository.owner || account.kind === 'Bot') return 'admin'
  const named = repository.collaborators.get(account.login.toLowerCase())
  const member = repository.owner.kind === 'Organization' && !account.outsider ? repository.basePermission : null
  return named ?? member ?? anybody
}

export function hasRole(account: Account, repository: Repository, least: Role): boolean {
  const role = roleOf(account, repository)
  return role !== null && RANK[role] >= RANK[least]
}

export function canSee(session: Session, repository: Repository): boolean {
  if (!repository.private) return true
  return isGranted(session.token, repository) && roleOf(session.account, repository) !== null
}

/** The repository, or null where GitHub would say that there is none: what is hidden does not exist. */
export function visibleRepository(world: World, session: Session, name: string): Repository | null {
  const repository = findRepository(world, name)
  return repository !== undefined && canSee(session, repository) ? repository : null
}

export interface Need {
  /** Any one of these suffices. */
  permissions: readonly PermissionName[]
  level: PermissionLevel
  /** For the words of a refusal, such as `CreatePullRequest`. */
  action?: string
}

/** Whether the token and the account behind it may do this here; throws GitHub's refusal where they may not. */
export function demand(session: Session, repository: Repository, need: Need): void {
  if (!canSee(session, repository)) throw new Refusal('NOT_FOUND', 'Not Found')
  const accepted = need.permissions.map((name) => `${name}=${need.level}`).join('; ')
  if (need.level === 'read' && !repository.private) return
  if (repository.archived && need.level === 'write') {
    throw new Refusal('FORBIDDEN', 'Repository was archived so is read-only.', { status: 403 })
  }
  if (!tokenAllows(session.token, repository, need)) {
    throw new Refusal('FORBIDDEN', inaccessible(session.token), { accepted })
  }
  const least: Role = need.level === 'write' ? 'write' : 'read'
  if (session.account === null || !hasRole(session.account, repository, least)) {
    const who = session.account?.login ?? 'anonymous'
    const message = `${who} does not have the correct permissions to execute \`${need.action ?? 'this'}\``
    const status = session.token?.kind === 'classic' ? 404 : 403
    const restMessage = status === 404 ? 'Not Found' : inaccessible(session.token)
    throw new Refusal('FORBIDDEN', message, { accepted, status, restMessage })
  }
}

export function inaccessible(token: Token | null): string {
  return `Resource not accessible by ${token?.kind === 'installation' ? 'integration' : 'personal access token'}`
}

/** Classic tokens have scopes, not permissions: here they may do what their account may. */
function tokenAllows(token: Token | null, repository: Repository, need: Need): boolean {
  if (token === null || !isGranted(token, repository)) return false
  return token.kind === 'classic' || need.permissions.some((name) => grants(token.permissions, name, need.level))
}

function isGranted(token: Token | null, repository: Repository): boolean {
  if (token === null) return false
  return token.repositories === 'all' || token.repositories.has(nameWithOwner(repository).toLowerCase())
}
