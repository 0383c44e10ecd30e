import type { Policy } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { policies } from '../src/index.ts'
import { counter, deployment, type Forge, forge, pullwrightOn, REPOSITORY } from './harness.ts'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

const openPullRequest = async () => {
  const [pr] = await stage.fake.state.pullRequests(REPOSITORY)
  if (pr === undefined) throw new Error('There is no pull request')
  return pr
}

describe('a policy', () => {
  it('that blocks is shown, fails the check, and keeps the forge from merging', async () => {
    stage.fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: { requiredApprovals: 1 } } })
    const pullwright = pullwrightOn(stage, [{ autoMerge: true, policies: [policies.commitMessage()] }])
    await pullwright.emitter.emit('environment.deployed', deployment({ commit_message: null }))
    await pullwright.drain()
    const pr = await openPullRequest()
    expect(pr.body).toContain('⛔ **Has a commit message**: The deployment has no commit message')
    expect(pr.autoMerge).toBeNull()
    const [told] = await pullwright.events.list({ types: ['policy.blocked'] })
    expect(told?.data).toMatchObject({ policies: [{ policy: 'commit-message' }], pull_request: { number: 1 } })
    expect(await stage.fake.state.statuses(REPOSITORY, pr.headOid)).toMatchObject([
      { context: 'Deployment to production', state: 'failure', description: 'Blocked: Has a commit message' },
    ])
    await pullwright.stop()
  })

  it('that is content again is written, and lets the forge merge', async () => {
    stage.fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: { requiredApprovals: 1 } } })
    const pullwright = pullwrightOn(stage, [{ autoMerge: true, policies: [policies.commitMessage()] }])
    await pullwright.emitter.emit('environment.deployed', deployment({ commit_message: null }))
    await pullwright.drain()
    await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16 }))
    await pullwright.drain()
    const pr = await openPullRequest()
    expect(pr.body).toContain('✅ Has a commit message')
    expect(pr.autoMerge).not.toBeNull()
    expect(await stage.fake.state.statuses(REPOSITORY, pr.headOid)).toMatchObject([{ state: 'success' }])
    await pullwright.stop()
  })

  it('that blocks asks for review: of the route’s reviewers, who approved before, and of the file’s owners', async () => {
    stage.fake.state.addCollaborator(REPOSITORY, 'ann', 'write')
    const files = { '.github/CODEOWNERS': '/deployments/ @ann @acme/reviewers @nobody-here\n' }
    await stage.fake.state.commit({ repository: REPOSITORY, branch: 'main', files })
    const pullwright = pullwrightOn(stage, [{ reviewers: ['jane'], policies: [policies.commitMessage()] }])
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    for (const by of ['jane', 'ann']) await stage.fake.state.review(REPOSITORY, 1, by, 'APPROVED')
    expect((await openPullRequest()).reviewers).toEqual([])
    await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16, commit_message: null }))
    await pullwright.drain()
    const pr = await openPullRequest()
    expect([pr.reviewers.toSorted(), pr.teamReviewers]).toEqual([['ann', 'jane'], ['reviewers']])
    await pullwright.stop()
  })

  it('that warns does not block', async () => {
    const pullwright = pullwrightOn(stage, [{ policies: [policies.commitMessage({ level: 'warn' })] }])
    await pullwright.emitter.emit('environment.deployed', deployment({ commit_message: null }))
    await pullwright.drain()
    const pr = await openPullRequest()
    expect(pr.body).toContain('⚠️ Has a commit message')
    expect(await stage.fake.state.statuses(REPOSITORY, pr.headOid)).toMatchObject([{ state: 'success' }])
    await pullwright.stop()
  })

  it('of another plugin counts too', async () => {
    const noFridays: Policy = { name: 'no-fridays', check: () => ({ verdict: 'block', reason: 'It is Friday' }) }
    const plugins = [{ name: 'calendar', apiVersion: 1 as const, policies: [noFridays] }]
    const pullwright = pullwrightOn(stage, [{}], { plugins })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect((await openPullRequest()).body).toContain('⛔ **no-fridays**: It is Friday')
    await pullwright.stop()
  })

  it('writes nothing when it says the same of the same deployment', async () => {
    const pullwright = pullwrightOn(stage, [{ policies: [policies.commitMessage()] }])
    await pullwright.emitter.emit('environment.deployed', deployment({ commit_message: null }))
    await pullwright.drain()
    const count = counter(stage)
    await pullwright.emitter.emit('environment.deployed', deployment({ commit_message: null, deployment_id: 'dep_2' }))
    await pullwright.drain()
    expect(count()).toBe(1)
    await pullwright.stop()
  })

  it('is refused where it is none', () => {
    const broken = [{ name: 'Has spaces', check: () => ({ verdict: 'pass' as const }) }]
    expect(() => pullwrightOn(stage, [{ policies: broken }])).toThrow(/must be \{ name, check \}/)
  })
})
