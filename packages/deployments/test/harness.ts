import { createPullwright, generateKey, type Logger, memoryStore, type Plugin, type Store } from '@pullwright/core'
import { github } from '@pullwright/github'
import { fakeGitHub } from '@pullwright/testkit'
import { type DeploymentPullRequestsOptions, deploymentPullRequests, type Route } from '../src/index.ts'

export const REPOSITORY = 'acme/prompts'

export interface TestClock {
  now(): number
  advance(milliseconds: number): void
}

export function testClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let time = start
  return {
    now: () => time,
    advance(milliseconds) {
      time += milliseconds
    },
  }
}

export function memoryLogger(): Logger & { text(): string } {
  const lines: string[] = []
  const keep = (fields: object, message: string) => {
    lines.push(JSON.stringify([message, fields]))
  }
  return { debug: keep, info: keep, warn: keep, error: keep, text: () => lines.join('\n') }
}

/** A fake GitHub with one repository, people, a team and a token of its own. */
export async function forge() {
  const fake = await fakeGitHub()
  await fake.state.createRepository({
    owner: 'acme',
    name: 'prompts',
    allowAutoMerge: true,
    collaborators: { 'pullwright-bot': 'write', jane: 'write' },
    teams: { reviewers: ['jane'] },
  })
  const token = fake.state.createToken({ user: 'pullwright-bot' })
  return { fake, token, vcs: () => github({ auth: { token }, baseUrl: fake.url }) }
}

export type Forge = Awaited<ReturnType<typeof forge>>

export function pullwrightOn(
  { vcs }: Forge,
  routes: Partial<Route>[] = [{}],
  more: {
    flow?: Partial<DeploymentPullRequestsOptions>
    store?: Store
    clock?: TestClock
    logger?: Logger
    plugins?: Plugin[]
    key?: string
    egress?: object
  } = {},
) {
  const { plugins = [], flow = {}, ...options } = more
  const full = routes.map((route) => ({ vcs: 'github', repository: REPOSITORY, ...route }))
  return createPullwright({
    store: memoryStore(),
    key: generateKey(),
    logger: memoryLogger(),
    vcs: [vcs()],
    plugins: [deploymentPullRequests({ routes: full, pseudonymKey: 'k'.repeat(32), ...flow }), ...plugins],
    ...options,
  })
}

export function deployment(more: object = {}) {
  return {
    app_name: 'support-bot',
    variant_name: 'v2',
    environment: 'production',
    revision: 15,
    commit_message: 'Better answers',
    deployed_by: 'jane@example.com',
    deployment_id: 'dep_1',
    config: { model: 'gpt-4', temperature: 0.5, system_prompt: 'You are helpful.\nBe concise.' },
    ...more,
  }
}

/** The requests sent since the last call. */
export function counter({ fake }: Forge): () => number {
  let seen = fake.requests.length
  return () => {
    const since = fake.requests.length - seen
    seen = fake.requests.length
    return since
  }
}
