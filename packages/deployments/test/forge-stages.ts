import type { Vcs } from '@pullwright/core'
import { github } from '@pullwright/github'
import { fakeBitbucket, fakeGitHub, fakeGitLab } from '@pullwright/testkit'
import { bitbucket } from '../../bitbucket/src/index.ts'
import { gitlab } from '../../gitlab/src/index.ts'
import { REPOSITORY } from './harness.ts'

const SECRET = ['webhook', 's'.repeat(24)].join('-')
const who = { repository: REPOSITORY, by: 'jane' }

/** What people do on a forge, the same way on each. */
export interface ForgeStage {
  vcs: Vcs
  /** Merges as `jane`, and tells of it by webhook unless told otherwise. */
  merge(number: number): Promise<void>
  mergedHook(number: number): Promise<{ headers: Record<string, string>; body: string }>
  decline(number: number): Promise<void>
  approve(number: number, by: string): Promise<void>
  /** A branch with one changed file, and a pull request for it. Answers its number. */
  edit(branch: string, path: string, change: (text: string) => string): Promise<number>
  comments(number: number): Promise<string[]>
  /** The answer to the next new comment is lost, though it was written. */
  loseCommentAnswer(): void
  close(): Promise<void>
}

export const FORGES: Readonly<Record<string, () => Promise<ForgeStage>>> = {
  github: onGitHub,
  gitlab: onGitLab,
  bitbucket: onBitbucket,
}

const LOST = { times: 1, afterEffect: true, status: 502 } as const

async function onGitHub(): Promise<ForgeStage> {
  const fake = await fakeGitHub()
  const { state } = fake
  await state.createRepository({ owner: 'acme', name: 'prompts', private: true, collaborators: { jane: 'write' } })
  const token = state.createToken({ kind: 'installation', user: 'pullwright' })
  return {
    vcs: github({ auth: { token }, baseUrl: fake.url, webhookSecret: SECRET, writeSpacingMs: 0 }),
    merge: async (number) => void (await state.mergePullRequest(REPOSITORY, number, who)),
    mergedHook: (number) => state.delivery('pull_request', { ...who, number, action: 'closed', secret: SECRET }),
    decline: async (number) => state.closePullRequest(REPOSITORY, number),
    approve: (number, by) => state.review(REPOSITORY, number, by, 'APPROVED'),
    async edit(branch, path, change) {
      const text = change((await state.file(REPOSITORY, path)) ?? '')
      await state.commit({ ...who, branch, files: { [path]: text } })
      return (await state.openPullRequest(REPOSITORY, { head: branch, by: 'jane' })).number
    },
    comments: async (number) => (await state.pullRequest(REPOSITORY, number)).comments.map(({ body }) => body),
    loseCommentAnswer: () => void fake.fail({ match: { method: 'POST', path: /\/comments$/ }, ...LOST }),
    close: fake.close,
  }
}

async function onGitLab(): Promise<ForgeStage> {
  const fake = await fakeGitLab()
  const { state } = fake
  await state.createProject({ path: REPOSITORY, members: { jane: 'developer' } })
  const auth = { token: state.createToken() }
  const hook = { project: REPOSITORY, kind: 'merge_request', secret: SECRET, action: 'merge', by: 'jane' } as const
  return {
    vcs: gitlab({ auth, baseUrl: fake.url, webhookSecret: SECRET }),
    merge: async (iid) => void (await state.merge(REPOSITORY, iid, who)),
    mergedHook: (iid) => state.delivery({ ...hook, iid }),
    decline: async (iid) => state.close(REPOSITORY, iid),
    approve: (iid, by) => state.approve(REPOSITORY, iid, by),
    async edit(branch, path, change) {
      const text = change((await state.file(REPOSITORY, path)) ?? '')
      await state.commitAs({ project: REPOSITORY, branch, files: { [path]: text } })
      return state.openMergeRequest(REPOSITORY, { source: branch, by: 'jane' })
    },
    comments: async (iid) =>
      state
        .mergeRequests(REPOSITORY)
        .find((one) => one.iid === iid)
        ?.notes.map(({ body }) => body) ?? [],
    loseCommentAnswer: () => void fake.fail({ match: { method: 'POST', path: /\/notes$/ }, ...LOST }),
    close: fake.close,
  }
}

async function onBitbucket(): Promise<ForgeStage> {
  const fake = await fakeBitbucket()
  const { state } = fake
  await state.createRepository({ workspace: 'acme', slug: 'prompts', permissions: { jane: 'write' } })
  const auth = { token: state.createToken() }
  return {
    vcs: bitbucket({ auth, baseUrl: fake.url, webhookSecret: SECRET }),
    merge: async (id) => void (await state.mergePullRequest(REPOSITORY, id, who)),
    mergedHook: async (id) =>
      state.delivery('pullrequest:fulfilled', await state.pullRequestPayload(REPOSITORY, id, 'jane'), {
        secret: SECRET,
      }),
    decline: (id) => state.declinePullRequest(REPOSITORY, id),
    approve: async (id, by) => state.review(REPOSITORY, id, by, 'approved'),
    async edit(branch, path, change) {
      const text = change((await state.file(REPOSITORY, path)) ?? '')
      await state.commit({ ...who, branch, files: { [path]: text } })
      return (await state.openPullRequest(REPOSITORY, { source: branch, by: 'jane' })).id
    },
    comments: async (id) => state.comments(REPOSITORY, id).map(({ raw }) => raw),
    loseCommentAnswer: () => void fake.fail({ match: { method: 'POST', path: /\/comments$/ }, ...LOST }),
    close: fake.close,
  }
}
