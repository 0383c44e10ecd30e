import type { MergeMethodName, PullRequest, Repository, Review, Role } from '../model/entities.ts'
import type { Permissions } from '../model/permissions.ts'
import { findRepository, nameWithOwner, type World } from '../model/world.ts'
import { addLabel } from '../operations/labels.ts'
import { type RateResource, rateBucket } from '../rate-limit.ts'
import { type AppCredentials, addApp, type NewApp } from './apps.ts'
import {
  commentByHand,
  commitByHand,
  type HumanCommit,
  mergeByHand,
  moveBranch,
  openByHand,
  reviewByHand,
  statusByHand,
} from './people.ts'
import {
  addRepository,
  addTeam,
  addToken,
  ensureAccount,
  type NewProtection,
  type NewRepository,
  type NewToken,
  type NewUser,
  protectionsOf,
} from './setup.ts'
import { commitsOf, filesOf, type PullRequestSnapshot, snapshotOf, statusesOf } from './snapshots.ts'

export type FakeGitHubState = ReturnType<typeof createState>

export interface RepositoryChanges {
  private?: boolean
  archived?: boolean
  allowAutoMerge?: boolean
  mergeMethods?: MergeMethodName[]
  deleteBranchOnMerge?: boolean
  protectedBranches?: string[] | Record<string, NewProtection>
}

/** The fake's own doors: set up, look, and act as people do. Repositories are named `owner/name`. */
export function createState(world: World) {
  const repository = (name: string): Repository => {
    const found = findRepository(world, name)
    if (found === undefined) throw new Error(`The fake has no repository ${name}: make it with createRepository().`)
    return found
  }
  const pullRequest = (name: string, number: number): PullRequest => {
    const found = repository(name).pullRequests.find((one) => one.number === number)
    if (found === undefined) throw new Error(`${name} has no pull request ${number}.`)
    return found
  }
  return {
    violations: world.violations,
    ...setup(world, repository),
    ...inspection(world, repository, pullRequest),
    ...people(world, repository, pullRequest),
  }
}

type FindRepository = (name: string) => Repository
type FindPullRequest = (name: string, number: number) => PullRequest

function setup(world: World, repository: FindRepository) {
  return {
    createUser: (user: NewUser) => idOf(ensureAccount(world, user.login, 'User', user)),
    createOrganization: (login: string) => idOf(ensureAccount(world, login, 'Organization')),
    createTeam: (organization: string, slug: string, members: string[] = []) =>
      idOf(addTeam(world, organization, slug, members)),
    /** Answers the full name and where the bare repository is. */
    async createRepository(input: NewRepository) {
      const made = await addRepository(world, input)
      return { id: made.id, repository: nameWithOwner(made), path: made.git.path }
    },
    updateRepository(name: string, { protectedBranches, ...changes }: RepositoryChanges): void {
      Object.assign(repository(name), changes)
      if (protectedBranches !== undefined) repository(name).protections = protectionsOf(protectedBranches)
    },
    addCollaborator(name: string, login: string, role: Role): void {
      ensureAccount(world, login, 'User')
      repository(name).collaborators.set(login.toLowerCase(), role)
    },
    createLabel: (name: string, label: string) =>
      idOf(addLabel(world, repository(name), { name: label, color: 'ededed' })),
    /** Answers the token itself. */
    createToken: (input: NewToken = {}): string => addToken(world, input),
    /** Answers what `github({ auth })` wants. */
    createApp: (input: NewApp): AppCredentials => addApp(world, input),
    revokeToken(value: string): void {
      const token = world.tokens.get(value)
      if (token !== undefined) token.revoked = true
    },
    setPermissions(value: string, permissions: Permissions): void {
      const token = world.tokens.get(value)
      if (token !== undefined) token.permissions = { metadata: 'read', ...permissions }
    },
    /** What is left of a token's hour. `resetAt`: milliseconds since the epoch. */
    setRateLimit(value: string, limit: { resource?: RateResource; remaining: number; resetAt?: number }): void {
      const bucket = rateBucket(world, value, limit.resource ?? 'core')
      bucket.used = bucket.limit - limit.remaining
      bucket.resetAt = limit.resetAt ?? bucket.resetAt
    },
  }
}

function inspection(world: World, repository: FindRepository, pullRequest: FindPullRequest) {
  return {
    pullRequests: (name: string): Promise<PullRequestSnapshot[]> =>
      Promise.all(repository(name).pullRequests.map((one) => snapshotOf(world, one))),
    pullRequest: async (name: string, number: number): Promise<PullRequestSnapshot> =>
      snapshotOf(world, pullRequest(name, number)),
    labels: (name: string) =>
      repository(name).labels.map(({ name: label, color, description }) => ({ name: label, color, description })),
    statuses: (name: string, sha?: string) => statusesOf(repository(name), sha),
    checkRuns: (name: string) =>
      repository(name).checkRuns.map(({ sha, name: run, status, conclusion }) => ({
        sha,
        name: run,
        status,
        conclusion,
      })),
    deployments: (name: string) =>
      repository(name).deployments.map(({ sha, ref, environment, task }) => ({ sha, ref, environment, task })),
    /** Branch to commit. */
    branches: async (name: string): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await repository(name).git.refs('refs/heads/')).map((ref) => [
          ref.name.replace(/^refs\/heads\//, ''),
          ref.oid,
        ]),
      ),
    /** The commit a branch stands at, or null. */
    head: (name: string, branch?: string): Promise<string | null> =>
      repository(name).git.resolve(`refs/heads/${branch ?? repository(name).defaultBranch}`),
    /** Newest first; at most 100. */
    commits: (name: string, ref?: string) => commitsOf(repository(name), ref ?? repository(name).defaultBranch, 100),
    /** Every file, path to text. */
    files: (name: string, ref?: string) => filesOf(repository(name), ref ?? repository(name).defaultBranch),
    /** A file's text, or null. */
    file: async (name: string, path: string, ref?: string): Promise<string | null> => {
      const object = await repository(name).git.read(`${ref ?? repository(name).defaultBranch}:${path}`)
      return object?.type === 'blob' ? object.data.toString('utf8') : null
    },
    /** Folder of the bare repository. */
    gitDirectory: (name: string): string => repository(name).git.path,
  }
}

function people(world: World, repository: FindRepository, pullRequest: FindPullRequest) {
  return {
    /** Somebody pushes a commit. Answers its id. */
    commit: (commit: HumanCommit): Promise<string> => commitByHand(world, repository(commit.repository), commit),
    createBranch: (name: string, branch: string, from?: string): Promise<void> =>
      moveBranch(world, repository(name), branch, from ?? repository(name).defaultBranch),
    /** A forced push. */
    resetBranch: (name: string, branch: string, to: string): Promise<void> =>
      moveBranch(world, repository(name), branch, to),
    deleteBranch: (name: string, branch: string): Promise<void> => moveBranch(world, repository(name), branch, null),
    openPullRequest: async (name: string, input: Parameters<typeof openByHand>[2]): Promise<PullRequestSnapshot> =>
      snapshotOf(world, await openByHand(world, repository(name), input)),
    /** Answers the merge commit. */
    mergePullRequest: (name: string, number: number, options: { by?: string; method?: MergeMethodName } = {}) =>
      mergeByHand(world, pullRequest(name, number), options.by, options.method),
    closePullRequest(name: string, number: number): void {
      const found = pullRequest(name, number)
      Object.assign(found, { state: 'CLOSED', closedAt: world.now(), updatedAt: world.now(), autoMerge: null })
    },
    editPullRequest(name: string, number: number, edit: { title?: string; body?: string; draft?: boolean }): void {
      Object.assign(pullRequest(name, number), edit, { updatedAt: world.now() })
    },
    review: (name: string, number: number, by: string, state: Review['state'], body?: string): Promise<void> =>
      reviewByHand(world, pullRequest(name, number), by, state, body),
    /** Answers the comment's number. */
    comment: (name: string, number: number, by: string, body: string): number =>
      commentByHand(world, pullRequest(name, number), by, body),
    setStatus: (name: string, status: Parameters<typeof statusByHand>[2]): Promise<void> =>
      statusByHand(world, repository(name), status),
  }
}

function idOf(thing: { id: string }): { id: string } {
  return { id: thing.id }
}
