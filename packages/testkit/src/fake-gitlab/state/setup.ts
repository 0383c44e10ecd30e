import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createBareRepository } from '../../git/bare-repository.ts'
import { mutex } from '../../http/mutex.ts'
import type { GitLabMergeMethod, GitLabRole, Project, ProtectedBranch, SquashOption, User } from '../model/entities.ts'
import { type Token, type TokenScope, tokenValue, type World } from '../model/world.ts'
import { personOf } from '../operations/create-commit.ts'

export interface NewProject {
  /** With its groups, such as `acme/prompts`. */
  path: string
  /** Default `private`. */
  visibility?: Project['visibility']
  archived?: boolean
  /** Default `main`. */
  defaultBranch?: string
  /** The first commit, path to text. Default: a README. `null`: a repository without commits. */
  files?: Record<string, string> | null
  /** Username to role; made when not there. `pullwright-bot` is a developer unless it is named. */
  members?: Record<string, GitLabRole>
  labels?: string[]
  protectedBranches?: ProtectedBranch[]
  mergeMethod?: GitLabMergeMethod
  squashOption?: SquashOption
  removeSourceBranchAfterMerge?: boolean
  onlyAllowMergeIfPipelineSucceeds?: boolean
  requiredApprovals?: number
  /** Whether a push starts a pipeline, which then runs until `finishPipeline`. Default false. */
  ci?: boolean
  /** Drop labels without a word, as for an account that may not set them. Default false. */
  refusesLabels?: boolean
  /** What GitLab Premium adds: several reviewers and assignees, approval rules. Default true. */
  premium?: boolean
  /** So many tries to merge a new head answer 405, as GitLab does until it has looked at it. Default 0. */
  checkingTries?: number
}

export interface NewGitLabToken {
  /** Username; made when it is not there. Default `pullwright-bot`. */
  user?: string
  kind?: Token['kind']
  /** Default `api`. */
  scopes?: TokenScope[]
  /** Milliseconds since the epoch. */
  expiresAt?: number
}

/** The account of this username, made when it is not there. */
export function ensureUser(world: World, username: string): User {
  const known = world.users.get(username.toLowerCase())
  if (known !== undefined) return known
  const user: User = {
    id: world.nextId(),
    username,
    name: username.replace(/^./, (letter) => letter.toUpperCase()),
    email: `${username}@users.noreply.gitlab.com`,
    bot: /_bot_/.test(username),
  }
  world.users.set(username.toLowerCase(), user)
  return user
}

export function addToken(world: World, input: NewGitLabToken): Token {
  const kind = input.kind ?? 'personal'
  const token: Token = {
    id: world.nextId(),
    value: tokenValue(kind),
    kind,
    user: ensureUser(world, input.user ?? 'pullwright-bot'),
    scopes: input.scopes ?? ['api'],
    expiresAt: input.expiresAt ?? null,
    revoked: false,
    window: { from: 0, used: 0 },
  }
  world.tokens.set(token.value, token)
  return token
}

export async function addProject(world: World, input: NewProject): Promise<Project> {
  if (world.projects.has(input.path.toLowerCase())) throw new Error(`The fake already has a project ${input.path}.`)
  const folder = resolve(join(world.directory, `${input.path}.git`))
  if (existsSync(folder) && (await readdir(folder)).length > 0) throw new Error(`${folder} is not empty.`)
  const defaultBranch = input.defaultBranch ?? 'main'
  const members = Object.entries({ 'pullwright-bot': 'developer' as const, ...input.members })
  for (const [username] of members) ensureUser(world, username)
  const project: Project = {
    id: world.nextId(),
    path: input.path,
    visibility: input.visibility ?? 'private',
    archived: input.archived ?? false,
    defaultBranch,
    git: await createBareRepository(folder, defaultBranch),
    lock: mutex(),
    members: new Map(members.map(([username, role]): [string, GitLabRole] => [username.toLowerCase(), role])),
    labels: [...(input.labels ?? [])],
    protectedBranches: [...(input.protectedBranches ?? [])],
    mergeMethod: input.mergeMethod ?? 'merge',
    squashOption: input.squashOption ?? 'default_off',
    removeSourceBranchAfterMerge: input.removeSourceBranchAfterMerge ?? false,
    onlyAllowMergeIfPipelineSucceeds: input.onlyAllowMergeIfPipelineSucceeds ?? false,
    requiredApprovals: input.requiredApprovals ?? 0,
    refusesLabels: input.refusesLabels ?? false,
    ci: input.ci ?? false,
    premium: input.premium ?? true,
    checkingTries: input.checkingTries ?? 0,
    mergeRequests: [],
    issues: [],
    pipelines: [],
    statuses: [],
    environments: [],
    deployments: [],
    createdAt: world.now(),
  }
  world.projects.set(input.path.toLowerCase(), project)
  await firstCommit(world, project, input.files)
  return project
}

async function firstCommit(world: World, project: Project, given: NewProject['files']): Promise<void> {
  if (given === null) return
  const files = given ?? { 'README.md': `# ${project.path}\n` }
  const who = personOf(ensureUser(world, 'root'), world.now())
  await project.git.commitTo(`refs/heads/${project.defaultBranch}`, {
    parent: null,
    message: 'Initial commit',
    author: who,
    committer: who,
    additions: Object.entries(files).map(([path, contents]) => ({ path, contents })),
    deletions: [],
  })
}
