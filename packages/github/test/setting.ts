import type { PullRequestSpec, Vcs } from '@pullwright/core'
import { type FakeGitHub, type FakeGitHubOptions, fakeGitHub } from '@pullwright/testkit'
import { github } from '../src/index.ts'

export const REPOSITORY = 'acme/prompts'
export const BRANCH = 'pullwright/support-bot/production'
export const PATH = 'deployments/support-bot/production.json'

export interface Setting {
  fake: FakeGitHub
  vcs: Vcs
  token: string
  /** What was sent since the last call, as `PublishPlan`, `POST /repos/…`. */
  sent(): string[]
  /** A second adapter, with a token of its own. */
  as(user: string): Vcs
  close(): Promise<void>
}

export type RepositorySetup = Omit<Parameters<FakeGitHub['state']['createRepository']>[0], 'owner' | 'name'>

/** A fake GitHub with one repository whose base waits for a check, so that auto-merge has something to wait for. */
export async function openSetting(repository: RepositorySetup = {}, options: FakeGitHubOptions = {}): Promise<Setting> {
  const fake = await fakeGitHub({ openapi: true, ...options })
  await fake.state.createRepository({
    owner: 'acme',
    name: 'prompts',
    allowAutoMerge: true,
    protectedBranches: { main: { requiredChecks: ['ci/test'] } },
    teams: { reviewers: ['rita'] },
    collaborators: { jane: 'write', joe: 'write' },
    ...repository,
  })
  const token = fake.state.createToken({ user: 'pullwright-bot' })
  const adapters: Vcs[] = []
  const adapter = (credential: string): Vcs => {
    const made = github({ auth: { token: credential }, baseUrl: fake.url })
    adapters.push(made)
    return made
  }
  let seen = 0
  return {
    fake,
    token,
    vcs: adapter(token),
    as: (user) => adapter(fake.state.createToken({ user })),
    sent() {
      const fresh = fake.requests.slice(seen).map((one) => one.graphql?.name ?? one.operations[0] ?? one.path)
      seen = fake.requests.length
      return fresh
    },
    async close() {
      await Promise.all(adapters.map((one) => one.close?.()))
      await fake.close()
    },
  }
}

export function specOf(changes: Partial<PullRequestSpec> = {}): PullRequestSpec {
  return {
    repository: REPOSITORY,
    base: 'main',
    branch: BRANCH,
    kind: 'document',
    identity: 'dep-15',
    files: [{ path: PATH, content: '{ "revision": 15 }\n' }],
    commitMessage: 'Deploy support-bot 15 to production\n\nBy jane.',
    title: 'Deploy support-bot 15 to production',
    body: '## Deployment\n\nRevision 15.',
    ...changes,
  }
}

/** The next deployment. */
export function nextSpec(changes: Partial<PullRequestSpec> = {}): PullRequestSpec {
  return specOf({
    identity: 'dep-16',
    files: [{ path: PATH, content: '{ "revision": 16 }\n' }],
    title: 'Deploy support-bot 16 to production',
    body: '## Deployment\n\nRevision 16.',
    ...changes,
  })
}

/** Everything at once. */
export const DECORATED = {
  labels: ['deployment', 'production'],
  reviewers: ['jane'],
  teamReviewers: ['reviewers'],
  assignees: ['joe'],
  autoMerge: 'squash',
} satisfies Partial<PullRequestSpec>
