import { randomBytes, randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { createBareRepository } from '../../git/bare-repository.ts'
import { mutex } from '../../http/mutex.ts'
import type { Repository } from '../model/entities.ts'
import { ensureAccount, fullName, type World } from '../model/world.ts'
import { branchRef } from '../operations/heads.ts'
import type { NewBitbucketRepository, NewBitbucketToken } from './fake-bitbucket-state.ts'

const DEFAULT_SCOPES = ['account', 'repository:write', 'pullrequest:write', 'repository:admin']

export function addToken(world: World, input: NewBitbucketToken): string {
  const kind = input.kind ?? 'access-token'
  const account = ensureAccount(world, input.user ?? 'pullwright-bot')
  // Put together here, so that no scanner takes it for a real one.
  const prefix =
    { 'app-password': 'AT', 'api-token': 'AT', 'access-token': 'AT' }[kind] + (kind === 'access-token' ? 'CTT3x' : 'BB')
  const value = `${prefix}${randomBytes(20).toString('hex')}`
  const repositories =
    input.repositories === undefined ? null : new Set(input.repositories.map((one) => one.toLowerCase()))
  world.tokens.set(value, {
    value,
    kind,
    account,
    scopes: new Set(input.scopes ?? DEFAULT_SCOPES),
    repositories,
    expiresAt: input.expiresAt ?? null,
    revoked: false,
    used: 0,
    resetAt: 0,
  })
  return value
}

/** The bot of `createToken()` and everybody in `permissions` belong to it from the start. */
export async function addRepository(world: World, input: NewBitbucketRepository): Promise<Repository> {
  const { workspace, slug, mainBranch = 'main' } = input
  const full = `${workspace}/${slug}`
  if (world.repositories.has(full.toLowerCase())) throw new Error(`The fake already has a repository ${full}.`)
  addMember(world, workspace, 'pullwright-bot')
  const people = Object.entries(input.permissions ?? {}).map(
    ([nickname, permission]) => [ensureAccount(world, nickname).uuid, permission] as const,
  )
  const repository: Repository = {
    workspace,
    slug,
    uuid: `{${randomUUID()}}`,
    private: input.private ?? true,
    mainBranch,
    git: await createBareRepository(resolve(world.directory, workspace, `${slug}.git`), mainBranch),
    lock: mutex(),
    permissions: new Map([[ensureAccount(world, 'pullwright-bot').uuid, 'admin'], ...people]),
    defaultReviewers: (input.defaultReviewers ?? []).map((nickname) => ensureAccount(world, nickname)),
    mergeStrategies: input.mergeStrategies ?? ['merge_commit', 'squash', 'fast_forward'],
    restrictions: (input.restrictions ?? []).map((one) => ({ id: world.nextId(), value: null, ...one })),
    enforcesMergeChecks: input.enforcesMergeChecks ?? true,
    hasIssues: input.hasIssues ?? false,
    pullRequests: [],
    statuses: [],
    issues: [],
    mergeTasks: new Map(),
    createdOn: world.now(),
  }
  world.repositories.set(full.toLowerCase(), repository)
  await firstCommit(world, repository, input.files)
  return repository
}

export function addMember(world: World, workspace: string, nickname: string): void {
  const key = workspace.toLowerCase()
  const members = world.workspaces.get(key) ?? new Set<string>()
  members.add(ensureAccount(world, nickname).uuid)
  world.workspaces.set(key, members)
}

async function firstCommit(
  world: World,
  repository: Repository,
  files: NewBitbucketRepository['files'],
): Promise<void> {
  if (files === null) return
  const who = { name: repository.workspace, email: 'owner@example.com', at: world.now() }
  await repository.git.commitTo(branchRef(repository.mainBranch), {
    parent: null,
    message: 'Initial commit',
    author: who,
    committer: who,
    additions: Object.entries(files ?? { 'README.md': `# ${fullName(repository)}\n` }).map(([path, contents]) => ({
      path,
      contents,
    })),
    deletions: [],
  })
}
