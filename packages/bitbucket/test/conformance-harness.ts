import { execFileSync } from 'node:child_process'
import type { FakeBitbucket, VcsFault, VcsHarness, VcsSetting } from '@pullwright/testkit'
import { fakeBitbucket } from '@pullwright/testkit'
import { bitbucket } from '../src/index.ts'

const REPOSITORY = 'acme/prompts'
const STATES = { OPEN: 'open', MERGED: 'merged', DECLINED: 'closed', SUPERSEDED: 'closed' } as const
/** So that pages are turned: Bitbucket answers 50 pull requests at most. */
const MANY = 51

/** Each case gets a Bitbucket of its own. */
export const bitbucketHarness: VcsHarness = {
  async open() {
    const fake = await fakeBitbucket()
    await fake.state.createRepository({ workspace: 'acme', slug: 'prompts', permissions: { jane: 'write' } })
    fake.state.addMember('acme', 'jane')
    return settingOf(fake)
  },
}

function settingOf(fake: FakeBitbucket): VcsSetting {
  const { state } = fake
  const opened: VcsSetting['vcs'][] = []
  const secrets: string[] = []
  const adapter = (token: string) => {
    secrets.push(token)
    const made = bitbucket({ auth: { token }, baseUrl: fake.url, writeSpacingMs: 0 })
    opened.push(made)
    return made
  }
  return {
    vcs: adapter(state.createToken()),
    repository: REPOSITORY,
    base: 'main',
    secrets,
    head: (branch) => state.head(REPOSITORY, branch),
    async readFile(branch, path) {
      const cwd = state.gitDirectory(REPOSITORY)
      try {
        return execFileSync('git', ['cat-file', 'blob', `refs/heads/${branch}:${path}`], { cwd, stdio: 'pipe' })
      } catch {
        return null
      }
    },
    commitAs: (author, { branch, files }) => state.commit({ repository: REPOSITORY, branch, files, author }),
    deleteBranch: (branch) => state.deleteBranch(REPOSITORY, branch),
    async pullRequests() {
      const all = await state.pullRequests(REPOSITORY)
      return all.map((one) => ({ number: one.id, state: STATES[one.state], branch: one.source }))
    },
    // 304: a commit of what the base holds already is how Bitbucket is asked whether it does.
    countWrites: () => fake.requests.filter(({ method, status }) => method !== 'GET' && status !== 304).length,
    async close() {
      await Promise.all(opened.map((one) => one.close?.()))
      await fake.close()
      if (fake.violations.length > 0) throw new Error(fake.violations.join('\n'))
    },
    reviewer: 'jane',
    failNext: (fault) => void fake.fail(ruleOf(fault)),
    asUserWithout: (permission) => withoutScope(state, permission, adapter),
    asAnother() {
      state.addMember('acme', 'another-bot')
      return adapter(state.createToken({ user: 'another-bot' }))
    },
    async commentAs(person, number, count) {
      for (let n = 0; n < count; n += 1) state.comment(REPOSITORY, number, person, `Remark ${n}`)
    },
    openMany: { count: MANY, open: () => openMany(fake) },
  }
}

function withoutScope(
  { createToken }: FakeBitbucket['state'],
  permission: 'write-files' | 'write-pull-requests',
  adapter: (token: string) => VcsSetting['vcs'],
) {
  const scopes = {
    // There is none that writes pull requests and no files.
    'write-files': { scopes: ['account', 'pullrequest'], missing: 'repository:write' },
    'write-pull-requests': { scopes: ['account', 'pullrequest', 'repository:write'], missing: 'pullrequest:write' },
  }[permission]
  return { vcs: adapter(createToken({ scopes: scopes.scopes })), missing: scopes.missing }
}

async function openMany({ state }: FakeBitbucket): Promise<void> {
  await state.commit({ repository: REPOSITORY, branch: 'many', files: { 'many.md': 'x' } })
  for (let n = 0; n < MANY; n += 1) {
    await state.createBranch(REPOSITORY, `many-${n}`, 'many')
    await state.openPullRequest(REPOSITORY, { source: `many-${n}` })
  }
}

function ruleOf({ on, how, retryAfter, afterEffect, times = 1 }: VcsFault): Parameters<FakeBitbucket['fail']>[0] {
  const what = how === 'reset' ? { reset: true as const } : how === 'hang' ? { hangMs: 60_000 } : { status: how }
  return {
    ...what,
    times,
    match: ({ method }) => (method === 'GET') === (on === 'read'),
    body: { type: 'error', error: { message: 'Something went wrong' } },
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    ...(afterEffect === true ? { afterEffect } : {}),
  }
}
