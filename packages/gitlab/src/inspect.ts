import { PersonalAccessTokens, type ProjectSchema, Projects } from '@gitbeaker/rest'
import { type CallOptions, isVcsError, type MergeMethod, type RepositoryInspection } from '@pullwright/core'
import type { CallContext, GitLabClient } from './client.ts'
import { projectPath } from './project-path.ts'

const DEVELOPER = 30

/**
 * What a credential can do in a project: two requests that change nothing. GitLab tells scopes and expiry of access
 * tokens only. Throws only where GitLab could not be asked at all.
 */
export async function inspect(
  client: GitLabClient,
  repository: string,
  { signal }: CallOptions = {},
): Promise<RepositoryInspection> {
  const path = projectPath(repository)
  const context: CallContext = { repository, doing: 'look at the project', needs: ['role: Reporter'], signal }
  const token = await readToken(client, context)
  try {
    const project = await client.rest(context, (to) => new Projects(to).show(path))
    return describe(repository, project, token)
  } catch (error) {
    if (!isVcsError(error) || !TOLD.has(error.code)) throw error
    const missing = [...new Set([...token.missing, ...error.missing])]
    return {
      ...NOTHING,
      repository,
      missing,
      problems: [error.message],
      credentialExpiresAt: token.expiresAt,
      refused: error.code,
    }
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
} satisfies Partial<RepositoryInspection>

interface TokenFacts {
  missing: string[]
  expiresAt: number | null
}

async function readToken(client: GitLabClient, context: CallContext): Promise<TokenFacts> {
  try {
    const token = await client.rest(context, (to) => new PersonalAccessTokens(to).show())
    const scopes = (token.scopes ?? []) as string[]
    // The token is good until midnight UTC of that day.
    const at = Date.parse(`${token.expires_at}T00:00:00Z`)
    return { missing: scopes.includes('api') ? [] : ['scope: api'], expiresAt: Number.isNaN(at) ? null : at }
  } catch (error) {
    // OAuth tokens are not told about, and a bad token shows at the next request.
    if (!isVcsError(error) || error.retryable) throw error
    return { missing: [], expiresAt: null }
  }
}

function describe(repository: string, project: ProjectSchema, token: TokenFacts): RepositoryInspection {
  const problems: string[] = []
  const missing = [...token.missing]
  if (levelIn(project) < DEVELOPER) missing.push('role: Developer')
  if (missing.length > 0) {
    problems.push(`The credential lacks ${missing.join(', ')}. Make a token with it, or give its account the role.`)
  }
  if (project.archived === true) problems.push(`${repository} is archived and read-only. Unarchive it.`)
  if (project.empty_repo === true || !project.default_branch) {
    problems.push(`${repository} is empty. Push a first commit.`)
  }
  if (project.merge_requests_access_level === 'disabled' || project.merge_requests_enabled === false) {
    problems.push(`${repository} has merge requests switched off. Switch them on in its settings.`)
  }
  return {
    repository,
    ok: problems.length === 0,
    defaultBranch: project.default_branch || null,
    visibility: visibilityOf(project.visibility),
    missing,
    problems,
    autoMergeAllowed: true,
    mergeMethods: methodsOf(project),
    credentialExpiresAt: token.expiresAt,
  }
}

/** By the project or by a group above it, whichever gives more. */
function levelIn({ permissions }: ProjectSchema): number {
  const { project_access: own, group_access: group } = (permissions ?? {}) as Record<
    string,
    { access_level?: number } | null
  >
  return Math.max(own?.access_level ?? 0, group?.access_level ?? 0)
}

function methodsOf({ merge_method: method, squash_option: squash }: ProjectSchema): MergeMethod[] {
  const squashes = squash === 'never' ? [] : (['squash'] as const)
  if (squash === 'always') return ['squash']
  return method === 'merge' ? ['merge', ...squashes] : ['rebase', ...squashes]
}

function visibilityOf(text: unknown): RepositoryInspection['visibility'] {
  return text === 'public' || text === 'internal' || text === 'private' ? text : null
}
