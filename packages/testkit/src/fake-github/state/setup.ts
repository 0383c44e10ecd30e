import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createBareRepository } from '../../git/bare-repository.ts'
import { mutex } from '../../http/mutex.ts'
import type { Account, MergeMethodName, Repository, Role, Team } from '../model/entities.ts'
import { DEFAULT_PERMISSIONS, type Permissions } from '../model/permissions.ts'
import { findAccount, findRepository, register, type Token, tokenValue, type World } from '../model/world.ts'
import { personOf } from '../operations/commit-on-branch.ts'
import { addLabel } from '../operations/labels.ts'
import { type NewProtection, protectionsOf } from './protections.ts'

export interface NewUser {
  login: string
  name?: string
  email?: string
  /** Belongs to no organisation. Default: a member of all of them. */
  outsider?: boolean
}

export interface NewRepository {
  owner: string
  name: string
  /** Default `Organization`; only read when the owner is not there yet. */
  ownerKind?: 'Organization' | 'User'
  private?: boolean
  archived?: boolean
  description?: string
  /** Default `main`. */
  defaultBranch?: string
  /** The first commit, path to text. Default: a README. `null`: a repository without commits. */
  files?: Record<string, string> | null
  allowAutoMerge?: boolean
  /** Default: all three. */
  mergeMethods?: MergeMethodName[]
  deleteBranchOnMerge?: boolean
  protectedBranches?: string[] | Record<string, NewProtection>
  labels?: (string | { name: string; color?: string; description?: string })[]
  /** Login to role. */
  collaborators?: Record<string, Role>
  /** What the organisation's members may do. Default `write`. */
  basePermission?: Role | null
  /** Slug to logins; made in the owning organisation. */
  teams?: Record<string, string[]>
  /** Folder of the bare repository. Default: `<directory>/<owner>/<name>.git`. */
  path?: string
}

export interface NewToken {
  /** Login; made when it is not there. Default `pullwright-bot`. An installation acts as `<user>[bot]`. */
  user?: string
  kind?: Token['kind']
  /** Default: what Pullwright needs. Names as fine-grained tokens have them. */
  permissions?: Permissions
  /** `owner/name` of each repository it reaches. Default: all. */
  repositories?: string[]
  /** Milliseconds since the epoch. */
  expiresAt?: number
}

/** The account of this login, made when it is not there. */
export function ensureAccount(world: World, login: string, kind: Account['kind'], user?: NewUser): Account {
  const known = findAccount(world, login)
  if (known !== undefined) return known
  const account = register<Account>(world, {
    kind,
    login,
    name: user?.name ?? null,
    email: user?.email ?? `${login}@users.noreply.github.com`,
    outsider: user?.outsider ?? false,
    teams: new Map(),
    createdAt: world.now(),
  })
  world.accounts.set(login.toLowerCase(), account)
  return account
}

export function addTeam(world: World, organization: string, slug: string, members: readonly string[]): Team {
  const owner = ensureAccount(world, organization, 'Organization')
  const team = register<Team>(world, {
    kind: 'Team',
    slug: slug.toLowerCase(),
    name: slug,
    organization: owner,
    members: members.map((login) => ensureAccount(world, login, 'User')),
  })
  owner.teams.set(team.slug, team)
  return team
}

export function addToken(world: World, input: NewToken): string {
  const kind = input.kind ?? 'fine-grained'
  const user = input.user ?? 'pullwright-bot'
  const account =
    kind === 'installation' ? ensureAccount(world, `${user}[bot]`, 'Bot') : ensureAccount(world, user, 'User')
  const defaults: Permissions =
    kind === 'installation' ? { ...DEFAULT_PERMISSIONS, checks: 'write' } : DEFAULT_PERMISSIONS
  const value = tokenValue(kind)
  world.tokens.set(value, {
    value,
    kind,
    account,
    permissions: { metadata: 'read', ...(input.permissions ?? defaults) },
    repositories:
      input.repositories === undefined ? 'all' : new Set(input.repositories.map((name) => name.toLowerCase())),
    expiresAt: input.expiresAt ?? null,
    revoked: false,
  })
  return value
}

export async function addRepository(world: World, input: NewRepository): Promise<Repository> {
  const full = `${input.owner}/${input.name}`
  if (findRepository(world, full) !== undefined) throw new Error(`The fake already has a repository ${full}.`)
  const owner = ensureAccount(world, input.owner, input.ownerKind ?? 'Organization')
  const path = resolve(input.path ?? join(world.directory, input.owner, `${input.name}.git`))
  if (existsSync(path) && (await readdir(path)).length > 0) {
    throw new Error(`${path} is not empty: remove it first, or give another path.`)
  }
  const now = world.now()
  const repository = register<Repository>(world, {
    kind: 'Repository',
    owner,
    name: input.name,
    private: input.private ?? false,
    archived: input.archived ?? false,
    description: input.description ?? null,
    defaultBranch: input.defaultBranch ?? 'main',
    git: await createBareRepository(path, input.defaultBranch ?? 'main'),
    lock: mutex(),
    allowAutoMerge: input.allowAutoMerge ?? false,
    mergeMethods: input.mergeMethods ?? ['MERGE', 'SQUASH', 'REBASE'],
    deleteBranchOnMerge: input.deleteBranchOnMerge ?? false,
    protections: protectionsOf(input.protectedBranches ?? []),
    collaborators: new Map(
      Object.entries(input.collaborators ?? {}).map(([login, role]) => [login.toLowerCase(), role]),
    ),
    basePermission: input.basePermission === undefined ? 'write' : input.basePermission,
    labels: [],
    pullRequests: [],
    statuses: [],
    checkRuns: [],
    deployments: [],
    issues: [],
    hasIssues: true,
    nextNumber: 1,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
  })
  world.repositories.set(full.toLowerCase(), repository)
  decorate(world, repository, input)
  await firstCommit(world, repository, input)
  return repository
}

function decorate(world: World, repository: Repository, input: NewRepository): void {
  for (const login of Object.keys(input.collaborators ?? {})) ensureAccount(world, login, 'User')
  for (const [slug, members] of Object.entries(input.teams ?? {})) addTeam(world, input.owner, slug, members)
  for (const label of input.labels ?? []) {
    const one = typeof label === 'string' ? { name: label } : label
    addLabel(world, repository, { color: 'ededed', ...one })
  }
}

async function firstCommit(world: World, repository: Repository, input: NewRepository): Promise<void> {
  if (input.files === null) return
  const files = input.files ?? { 'README.md': `# ${repository.name}\n` }
  const who = personOf(repository.owner, world.now())
  await repository.git.commitTo(`refs/heads/${repository.defaultBranch}`, {
    parent: null,
    message: 'Initial commit',
    author: who,
    committer: who,
    additions: Object.entries(files).map(([path, contents]) => ({ path, contents })),
    deletions: [],
  })
}
