import { execFileSync } from 'node:child_process'
import {
  type FakeGitHub,
  fakeGitHub,
  type RecordedRequest,
  type VcsFault,
  type VcsHarness,
  type VcsSetting,
} from '@pullwright/testkit'
import { github } from '../src/index.ts'

const REPOSITORY = 'acme/prompts'
const WITHOUT = {
  'write-files': { contents: 'read', pull_requests: 'write', issues: 'write', members: 'read' },
  'write-pull-requests': { contents: 'write', pull_requests: 'read', members: 'read' },
} as const
const MISSING = { 'write-files': 'contents=write', 'write-pull-requests': 'pull_requests=write' } as const

const WAITING = { main: { requiredChecks: ['ci/test'] } }

/** GitHub's adapter against the fake, for the cases that every adapter passes. */
export const githubHarness: VcsHarness = {
  async open(): Promise<VcsSetting> {
    const fake = await fakeGitHub({ openapi: true })
    await fake.state.createRepository({
      owner: 'acme',
      name: 'prompts',
      allowAutoMerge: true,
      collaborators: { jane: 'write' },
    })
    const adapters: ReturnType<typeof github>[] = []
    const secrets: string[] = []
    const adapter = (token: string) => {
      secrets.push(token)
      const made = github({ auth: { token }, baseUrl: fake.url, writeSpacingMs: 0 })
      adapters.push(made)
      return made
    }
    return {
      vcs: adapter(fake.state.createToken()),
      repository: REPOSITORY,
      base: 'main',
      secrets,
      reviewer: 'jane',
      ...looking(fake),
      commitAs: (author, { branch, files }) => fake.state.commit({ repository: REPOSITORY, branch, files, author }),
      deleteBranch: (branch) => fake.state.deleteBranch(REPOSITORY, branch),
      failNext: (fault) => void fake.fail(ruleOf(fault)),
      asUserWithout(permission) {
        const weak = fake.state.createToken({ user: 'weak-bot', permissions: WITHOUT[permission] })
        return { vcs: adapter(weak), missing: MISSING[permission] }
      },
      checksToCome: {
        begin: () => fake.state.updateRepository(REPOSITORY, { allowAutoMerge: true, protectedBranches: WAITING }),
        async pass(branch) {
          const sha = (await fake.state.head(REPOSITORY, branch)) ?? ''
          await fake.state.setStatus(REPOSITORY, { sha, context: 'ci/test', state: 'success' })
        },
      },
      asAnother: () => adapter(fake.state.createToken({ user: 'jane' })),
      refuseLabels: () => void fake.fail({ field: 'addLabelsToLabelable', graphqlErrors: [{ message: 'No labels' }] }),
      async commentAs(person, number, count) {
        for (let n = 0; n < count; n++) fake.state.comment(REPOSITORY, number, person, `Comment ${n}`)
      },
      openMany: { count: 51, open: () => openMany(fake, 51) },
      async close() {
        await Promise.all(adapters.map((one) => one.close?.()))
        await fake.close()
      },
    }
  },
}

function looking({ state, requests }: FakeGitHub) {
  return {
    head: (branch: string) => state.head(REPOSITORY, branch),
    async readFile(branch: string, path: string) {
      const cwd = state.gitDirectory(REPOSITORY)
      try {
        return execFileSync('git', ['cat-file', 'blob', `refs/heads/${branch}:${path}`], { cwd, stdio: 'pipe' })
      } catch {
        return null
      }
    },
    async pullRequests() {
      const all = await state.pullRequests(REPOSITORY)
      return all.map(({ number, state, head }) => ({ number, state, branch: head }))
    },
    countWrites: () => requests.filter(isWrite).length,
  }
}

const isWrite = ({ graphql, method }: RecordedRequest) =>
  graphql === null ? method !== 'GET' : graphql.type === 'mutation'

function ruleOf({ on, how, retryAfter, afterEffect, times = 1 }: VcsFault): Parameters<FakeGitHub['fail']>[0] {
  const match = (request: RecordedRequest) => isWrite(request) === (on === 'write')
  const rest = { match, times, ...(afterEffect ? { afterEffect: true as const } : {}) }
  if (how === 'reset') return { ...rest, reset: true }
  if (how === 'hang') return { ...rest, hangMs: 60_000 }
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return { ...rest, status: how, headers, body: { message: `Fault ${how}` } }
}

async function openMany({ state }: FakeGitHub, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await state.commit({ repository: REPOSITORY, branch: `by-hand-${n}`, files: { 'n.txt': `${n}` } })
    await state.openPullRequest(REPOSITORY, { head: `by-hand-${n}` })
  }
}
