import { ACCESS_LEVEL, type GitLabRole, type Project, type User } from './entities.ts'
import { forbidden, notFound, Refusal, unauthorized } from './refusal.ts'
import { findProject, type Token, type World } from './world.ts'

/** Who asks; both null for a request without a token. */
export interface Session {
  token: Token | null
  user: User | null
}

/** Reads the credential. Throws 401 as GitLab words it for tokens that are unknown, over or revoked. */
export function authenticate(world: World, headers: Record<string, string>): Session {
  const value = headers['private-token'] ?? /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  if (value === undefined) return { token: null, user: null }
  const token = world.tokens.get(value)
  if (token === undefined) {
    if (headers['private-token'] !== undefined) throw unauthorized()
    throw invalidToken('Token was not found or is invalid.')
  }
  if (token.revoked) throw invalidToken('Token was revoked. You have to re-authorize from the user.')
  if (token.expiresAt !== null && token.expiresAt <= world.now()) {
    throw invalidToken('Token is expired. You can either do re-authorization or token refresh.')
  }
  return { token, user: token.user }
}

function invalidToken(error_description: string): Refusal {
  return new Refusal(401, { error: 'invalid_token', error_description })
}

/** Reading takes `api` or `read_api`, writing `api`. */
export function demandScope({ token }: Session, write: boolean, also: readonly string[] = []): void {
  if (token === null) {
    if (write) throw unauthorized()
    return
  }
  const enough = token.scopes.some(
    (scope) => scope === 'api' || also.includes(scope) || (!write && scope === 'read_api'),
  )
  if (enough) return
  throw new Refusal(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: write ? 'api' : 'api read_api',
  })
}

function roleOf(user: User | null, project: Project): GitLabRole {
  if (user === null) return 'none'
  return project.members.get(user.username.toLowerCase()) ?? 'none'
}

export function levelOf(user: User | null, project: Project): number {
  return ACCESS_LEVEL[roleOf(user, project)]
}

/** What is hidden does not exist. */
export function visibleProject(world: World, session: Session, id: string): Project {
  const project = findProject(world, id)
  const open = project?.visibility === 'public' || (project?.visibility === 'internal' && session.user !== null)
  if (project === undefined || !(open || levelOf(session.user, project) > 0)) {
    throw session.user === null ? unauthorized() : notFound('Project')
  }
  return project
}

export function demandRole(session: Session, project: Project, least: GitLabRole): void {
  if (session.user === null) throw unauthorized()
  if (levelOf(session.user, project) < ACCESS_LEVEL[least]) throw forbidden()
}

/** Of a private project guests see no code. */
export function demandCode(session: Session, project: Project): void {
  if (project.visibility === 'private') demandRole(session, project, 'reporter')
}

export function mayPush(user: User, project: Project, branch: string): boolean {
  const rule = ruleOf(project, branch)
  return levelOf(user, project) >= ACCESS_LEVEL[rule?.push ?? 'developer'] && rule?.push !== 'none'
}

export function mayMerge(user: User, project: Project, branch: string): boolean {
  const rule = ruleOf(project, branch)
  return levelOf(user, project) >= ACCESS_LEVEL[rule?.merge ?? 'developer'] && rule?.merge !== 'none'
}

function ruleOf(project: Project, branch: string) {
  return project.protectedBranches.find(({ name }) => {
    const pattern = name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    return new RegExp(`^${pattern}$`).test(branch)
  })
}
