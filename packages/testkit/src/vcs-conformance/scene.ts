import assert from 'node:assert/strict'
import { isVcsError, type PullRequestSpec, type VcsError } from '@pullwright/core'
import type { VcsNeed, VcsSetting } from './harness.ts'

export const BRANCH = 'pullwright/support-bot/production'
export const PATH = 'deployments/support-bot.json'

/** A setting, and what the cases say often. */
export interface Scene extends VcsSetting {
  /** Revision `n` of one file, on one branch. */
  spec(n: number, changes?: Partial<PullRequestSpec>): PullRequestSpec
  publish(n: number, changes?: Partial<PullRequestSpec>): ReturnType<VcsSetting['vcs']['publishPullRequest']>
  /** The `VcsError` that the work ends with. */
  failure(work: Promise<unknown>): Promise<VcsError>
  /** Fails where the work writes anything. */
  writesNothing<T>(work: () => Promise<T>): Promise<T>
  text(branch: string, path?: string): Promise<string | null>
  open(): Promise<{ number: number; branch: string }[]>
}

type Run = (scene: Scene) => Promise<void>
/** A sentence, and how it is seen to be true; with what it takes where that is more than the core. */
export type VcsCases = Readonly<Record<string, Run | { needs: readonly VcsNeed[]; run: Run }>>

export const content = (n: number) => `{ "revision": ${n} }\n`

export function createScene(setting: VcsSetting): Scene {
  const { vcs, repository, base } = setting
  const spec: Scene['spec'] = (n, changes = {}) => ({
    repository,
    base,
    branch: BRANCH,
    kind: 'document',
    identity: `revision-${n}`,
    files: [{ path: PATH, content: content(n) }],
    commitMessage: `Deploy revision ${n}\n\nBy jane.`,
    title: `Deploy revision ${n}`,
    body: `## Deployment\n\nRevision ${n}.`,
    ...changes,
  })
  return {
    ...setting,
    spec,
    publish: (n, changes) => vcs.publishPullRequest(spec(n, changes)),
    async failure(work) {
      const error = await work.then(
        (value) => assert.fail(`an error was expected, and the call answered ${JSON.stringify(value)}`),
        (reason: unknown) => reason,
      )
      if (!isVcsError(error)) throw new Error('what is thrown must be a VcsError', { cause: error })
      return error
    },
    async writesNothing(work) {
      const before = setting.countWrites()
      const answer = await work()
      assert.equal(setting.countWrites() - before, 0, 'nothing was to be written')
      return answer
    },
    async text(branch, path = PATH) {
      const bytes = await setting.readFile(branch, path)
      return bytes === null ? null : Buffer.from(bytes).toString('utf8')
    },
    async open() {
      return (await setting.pullRequests()).filter(({ state }) => state === 'open')
    },
  }
}
