import type { PullRequestSpec, Vcs } from '@pullwright/core'
import { type FakeGitLab, type FakeGitLabOptions, fakeGitLab, type NewProject } from '@pullwright/testkit'
import { type GitLabOptions, gitlab } from '../src/index.ts'

export const REPOSITORY = 'acme/tools/prompts'
export const BRANCH = 'pullwright/support-bot/production'
export const PATH = 'deployments/support-bot/production.json'

export interface Setting {
  fake: FakeGitLab
  vcs: Vcs
  token: string
  /** What was sent since the last call, as `PublishPlan`, `POST commits`. */
  sent(): string[]
  /** Another adapter, with a token of its own. */
  as(user: string, options?: Partial<GitLabOptions>): Vcs
  close(): Promise<void>
}

/** Waits are over at once: nobody sleeps in a test. */
export const CLOCK = {
  now: () => Date.now(),
  setTimer(callback: () => void) {
    const timer = setImmediate(callback)
    return () => clearImmediate(timer)
  },
}

/** A fake GitLab with one project, whose pipelines run until a test ends them. */
export async function openSetting(
  project: Partial<NewProject> = {},
  options: FakeGitLabOptions = {},
): Promise<Setting> {
  const fake = await fakeGitLab(options)
  await fake.state.createProject({
    path: REPOSITORY,
    ci: true,
    onlyAllowMergeIfPipelineSucceeds: true,
    members: { jane: 'developer', joe: 'developer' },
    ...project,
  })
  const token = fake.state.createToken()
  const adapters: Vcs[] = []
  const adapter = (credential: string, more: Partial<GitLabOptions> = {}): Vcs => {
    const made = gitlab({ auth: { token: credential }, baseUrl: fake.url, clock: CLOCK, ...more })
    adapters.push(made)
    return made
  }
  let seen = 0
  return {
    fake,
    token,
    vcs: adapter(token),
    as: (user, more) => adapter(fake.state.createToken({ user }), more),
    sent() {
      const fresh = fake.requests.slice(seen).map((one) => shortName(one.operations[0] ?? one.path))
      seen = fake.requests.length
      return fresh
    },
    async close() {
      await Promise.all(adapters.map((one) => one.close?.()))
      await fake.close()
    },
  }
}

/** `POST /projects/:id/repository/commits` as `POST commits`. */
function shortName(operation: string): string {
  return operation.replace(/ \/projects\/:id\/?(?:repository\/)?/, ' ')
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

/** Everything at once but auto-merge. */
export const DECORATED = {
  labels: ['deployment', 'production'],
  reviewers: ['jane'],
  assignees: ['joe'],
} satisfies Partial<PullRequestSpec>
