import type { Clock } from '@pullwright/core'
import { gitHubFaults } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GitHubOptions, github } from '../src/index.ts'
import { openSetting, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

/** Time passes as soon as somebody waits for it. */
function hastyClock(): Clock & { waits: number[] } {
  const waits: number[] = []
  let time = Date.UTC(2026, 0, 1)
  return {
    waits,
    now: () => time,
    setTimer(callback, milliseconds) {
      let over = false
      queueMicrotask(() => {
        if (over) return
        time += milliseconds
        waits.push(milliseconds)
        callback()
      })
      return () => {
        over = true
      }
    },
  }
}

const adapter = (more: Partial<GitHubOptions>) =>
  github({ auth: { token: setting.token }, baseUrl: setting.fake.url, ...more })

test('spaces its writes as it was told, by the clock it was given', async () => {
  const clock = hastyClock()
  const vcs = adapter({ clock, writeBurst: 1, writeSpacingMs: 1_500 })
  const status = { context: 'a', state: 'success' } as const
  const sha = (await setting.fake.state.commits(REPOSITORY, 'main'))[0]?.oid
  for (const context of ['a', 'b', 'c']) await vcs.setStatus(REPOSITORY, sha ?? '', { ...status, context })
  expect(clock.waits).toEqual([1_500, 1_500])
  await vcs.close?.()
})

test('tells the end of a limit by the clock it was given', async () => {
  const clock = { now: () => Date.UTC(2026, 0, 1) }
  setting.fake.fail({ ...gitHubFaults.secondaryLimit(90), times: 1 })
  await expect(adapter({ clock }).publishPullRequest(specOf())).rejects.toMatchObject({
    code: 'rate-limited',
    retryAfter: 90_000,
    message: expect.stringContaining('2026-01-01T00:01:30'),
  })
})

test('goes on after it was closed: another host of it may still be at work', async () => {
  const vcs = adapter({})
  const tenant = vcs.connect?.({ credential: setting.token })
  await vcs.publishPullRequest(specOf())
  await vcs.close?.()
  await vcs.close?.()
  expect((await vcs.publishPullRequest(specOf())).outcome).toBe('unchanged')
  expect((await tenant?.inspect(REPOSITORY))?.ok).toBe(true)
  await vcs.close?.()
})

test('refuses a token that is not there', () => {
  expect(() => github({ auth: { token: undefined } })).toThrow(/auth\.token must be a GitHub token/)
})
