import type { VcsFault, VcsHarness, VcsSetting } from '@pullwright/testkit'
import { type FakeGitLab, fakeGitLab, type RecordedGitLabRequest } from '@pullwright/testkit'
import { gitlab } from '../src/index.ts'
import { CLOCK } from './setting.ts'

const REPOSITORY = 'acme/tools/prompts'

/** GitLab's adapter against the fake, for the cases that every adapter passes. */
export const gitlabHarness: VcsHarness = {
  async open(): Promise<VcsSetting> {
    const fake = await fakeGitLab()
    await fake.state.createProject({ path: REPOSITORY, members: { jane: 'developer' } })
    const adapters: ReturnType<typeof gitlab>[] = []
    const secrets: string[] = []
    const adapter = (token: string) => {
      secrets.push(token)
      const made = gitlab({ auth: { token }, baseUrl: fake.url, clock: CLOCK })
      adapters.push(made)
      return made
    }
    const { state } = fake
    return {
      vcs: adapter(state.createToken()),
      repository: REPOSITORY,
      base: 'main',
      secrets,
      reviewer: 'jane',
      head: (branch) => state.head(REPOSITORY, branch),
      readFile: (branch, path) => state.bytes(REPOSITORY, path, branch),
      commitAs: (author, { branch, files }) => state.commitAs({ project: REPOSITORY, branch, files, author }),
      deleteBranch: (branch) => state.moveBranch(REPOSITORY, branch, null),
      pullRequests: async () =>
        state.mergeRequests(REPOSITORY).map(({ iid, state: is, source }) => ({
          number: iid,
          state: is === 'opened' ? 'open' : is,
          branch: source,
        })),
      countWrites: () => fake.requests.filter(isWrite).length,
      failNext: (fault) => void fake.fail(ruleOf(fault)),
      asUserWithout() {
        state.setRole(REPOSITORY, 'weak-bot', 'reporter')
        return { vcs: adapter(state.createToken({ user: 'weak-bot' })), missing: 'role: Developer' }
      },
      checksToCome: {
        begin: () => state.changeProject(REPOSITORY, { ci: true, onlyAllowMergeIfPipelineSucceeds: true }),
        pass: async (branch) => state.finishPipeline(REPOSITORY, (await state.head(REPOSITORY, branch)) ?? ''),
      },
      asAnother: () => adapter(state.createToken({ user: 'jane' })),
      refuseLabels: () => state.changeProject(REPOSITORY, { refusesLabels: true }),
      async commentAs(person, number, count) {
        for (let n = 0; n < count; n++) state.comment(REPOSITORY, number, `Comment ${n}`, person)
      },
      openMany: { count: 101, open: () => openMany(fake, 101) },
      async close() {
        await Promise.all(adapters.map((one) => one.close?.()))
        await fake.close()
      },
    }
  },
}

const isWrite = ({ method, path }: RecordedGitLabRequest) => method !== 'GET' && !path.endsWith('/api/graphql')

function ruleOf({ on, how, retryAfter, afterEffect, times = 1 }: VcsFault): Parameters<FakeGitLab['fail']>[0] {
  const match = (request: RecordedGitLabRequest) => isWrite(request) === (on === 'write')
  const rest = { match, times, ...(afterEffect ? { afterEffect: true as const } : {}) }
  if (how === 'reset') return { ...rest, reset: true }
  if (how === 'hang') return { ...rest, hangMs: 60_000 }
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return { ...rest, status: how, headers, body: { message: `Fault ${how}` } }
}

async function openMany({ state }: FakeGitLab, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await state.moveBranch(REPOSITORY, `by-hand-${n}`, 'main')
    await state.openMergeRequest(REPOSITORY, { source: `by-hand-${n}` })
  }
}
