import assert from 'node:assert/strict'
import type { VcsErrorCode } from '@pullwright/core'
import { BRANCH, content, type Scene, type VcsCases } from './scene.ts'

const needs = ['failNext'] as const

/** What a status means, whatever the forge; repeats of a read that were allowed have failed too. */
const MEANINGS: readonly [status: number, codes: readonly VcsErrorCode[]][] = [
  [401, ['auth']],
  [403, ['permission', 'policy']],
  [404, ['not-found']],
  [409, ['conflict', 'unavailable']],
  [422, ['invalid', 'policy']],
  [500, ['unavailable']],
  [502, ['unavailable']],
]

const onReads = MEANINGS.map(([status, codes]) => [
  `${status} on a read is ${codes.join(' or ')}`,
  {
    needs,
    async run({ failNext, vcs, repository, failure }: Scene) {
      failNext?.({ on: 'read', how: status, times: 20 })
      const error = await failure(vcs.findPullRequests(repository, {}))
      assert.ok(codes.includes(error.code), `${status} became ${error.code}`)
    },
  },
])

/** The call may find its own way or tell: what counts is that the next one ends as if nothing had been. */
const onWrites = (['reset', 401, 403, 409, 422, 500, 502] as const).map((how) => [
  `${how} on a write leaves nothing double behind`,
  {
    needs,
    async run({ failNext, vcs, spec, publish, open, text }: Scene) {
      failNext?.({ on: 'write', how })
      await vcs.publishPullRequest(spec(1)).catch(() => null)
      const last = await publish(1)
      assert.ok(last.outcome === 'created' || last.outcome === 'updated' || last.outcome === 'unchanged', last.reason)
      assert.equal((await open()).length, 1)
      assert.equal(await text(BRANCH), content(1))
    },
  },
])

const afterEffect = (['reset', 502] as const).map((how) => [
  `${how} on a write that had its effect duplicates nothing`,
  {
    needs,
    async run({ failNext, vcs, spec, publish, pullRequests, text, head }: Scene) {
      failNext?.({ on: 'write', how, afterEffect: true })
      await vcs.publishPullRequest(spec(1)).catch(() => null)
      const made = await head(BRANCH)
      const last = await publish(1)
      assert.notEqual(last.outcome, 'conflict', last.reason)
      assert.equal((await pullRequests()).length, 1)
      assert.equal(await text(BRANCH), content(1))
      if (made !== null) assert.equal(last.commit, made)
    },
  },
])

export const failing: VcsCases = {
  ...Object.fromEntries([...onReads, ...onWrites, ...afterEffect]),

  '429 on a read says how long to wait': {
    needs,
    async run({ failNext, failure, vcs, repository }) {
      failNext?.({ on: 'read', how: 429, retryAfter: 30, times: 20 })
      const error = await failure(vcs.findPullRequests(repository, {}))
      assert.equal(error.code, 'rate-limited')
      assert.ok(Math.abs((error.retryAfter ?? 0) - 30_000) <= 10_000, `retryAfter is ${error.retryAfter}`)
    },
  },

  '429 says how long to wait, and nothing more is sent': {
    needs,
    async run({ failNext, failure, publish, countWrites }) {
      failNext?.({ on: 'write', how: 429, retryAfter: 30, times: 20 })
      const before = countWrites()
      const error = await failure(publish(1))
      assert.equal(error.code, 'rate-limited')
      const { retryAfter = 0 } = error
      assert.ok(retryAfter > 20_000 && retryAfter <= 31_000, `retryAfter is ${retryAfter}`)
      assert.ok(countWrites() - before <= 1)
    },
  },

  'a read that was dropped on the way is repeated': {
    needs,
    async run({ failNext, vcs, repository }) {
      failNext?.({ on: 'read', how: 'reset' })
      assert.deepEqual(await vcs.findPullRequests(repository, {}), [])
    },
  },

  'a call that hangs can be called off, and done again': {
    needs,
    async run({ failNext, vcs, spec, publish, open }) {
      failNext?.({ on: 'read', how: 'hang' })
      await assert.rejects(vcs.publishPullRequest(spec(1), { signal: AbortSignal.timeout(100) }))
      assert.deepEqual(await open(), [])
      assert.equal((await publish(1)).outcome, 'created')
    },
  },
}
