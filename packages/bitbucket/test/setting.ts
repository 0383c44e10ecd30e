import type { PullRequestSpec, Vcs } from '@pullwright/core'
import {
  type FakeBitbucket,
  type FakeBitbucketOptions,
  fakeBitbucket,
  type NewBitbucketRepository,
} from '@pullwright/testkit'
import { type BitbucketOptions, bitbucket } from '../src/index.ts'

export const REPOSITORY = 'acme/prompts'
export const BRANCH = 'pullwright/support-bot/production'
export const PATH = 'deployments/support-bot/production.json'

export interface Setting {
  fake: FakeBitbucket
  vcs: Vcs
  token: string
  /** What was sent since the last call, as `POST src`. */
  sent(): string[]
  /** Another adapter: as if in another process. */
  another(options?: Partial<BitbucketOptions>): Vcs
  close(): Promise<void>
}

export async function openSetting(
  repository: Partial<NewBitbucketRepository> = {},
  options: FakeBitbucketOptions = {},
): Promise<Setting> {
  const fake = await fakeBitbucket(options)
  await fake.state.createRepository({
    workspace: 'acme',
    slug: 'prompts',
    permissions: { jane: 'write', joe: 'write', rita: 'read' },
    ...repository,
  })
  for (const nickname of ['jane', 'joe', 'rita']) fake.state.addMember('acme', nickname)
  const token = fake.state.createToken()
  const adapters: Vcs[] = []
  const another = (more: Partial<BitbucketOptions> = {}): Vcs => {
    const made = bitbucket({ auth: { token }, baseUrl: fake.url, ...more })
    adapters.push(made)
    return made
  }
  let seen = 0
  return {
    fake,
    token,
    vcs: another(),
    another,
    sent() {
      const fresh = fake.requests.slice(seen).map(({ operations, path }) => short(operations[0] ?? path))
      seen = fake.requests.length
      return fresh
    },
    async close() {
      await Promise.all(adapters.map((one) => one.close?.()))
      await fake.close()
    },
  }
}

function short(operation: string): string {
  return operation.replace('/repositories/{workspace}/{repo_slug}/', '')
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

export const READ_BRANCHES = 'GET refs/branches'
export const READ_PULL_REQUESTS = 'GET pullrequests'
export const COMMIT = 'POST src'
export const OPEN = 'POST pullrequests'
export const WRITE = 'PUT pullrequests/{pull_request_id}'
