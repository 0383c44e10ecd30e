import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { policies, type Route } from '../src/index.ts'
import { type GitStage, gitStage } from './git-stage.ts'
import { deployment, REPOSITORY } from './harness.ts'

const fourEyes = policies.fourEyes({ loginOf: ({ email }) => email?.split('@')[0] ?? null })
const CHECK = 'Deployment to production'

let stage: GitStage

const open = async (route: Partial<Route> = {}) => {
  stage = await gitStage({ routes: [{ autoMerge: true, policies: [fourEyes], ...route }] })
}

beforeEach(() => open())

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.close()
})

async function review(by: string, state: 'APPROVED' | 'COMMENTED' = 'APPROVED', number = 1) {
  await stage.fake.state.review(REPOSITORY, number, by, state)
  await stage.deliver('pull_request_review', { number, by })
}

const pullRequest = () => stage.fake.state.pullRequest(REPOSITORY, 1)
const check = () => stage.fake.state.checkRuns(REPOSITORY).findLast(({ name }) => name === CHECK)
const protect = (requiredChecks: string[]) =>
  stage.fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: { requiredChecks } } })

describe('four eyes', () => {
  it('wait for another person, and let the forge merge after that', async () => {
    protect(['ci'])
    await stage.emit('environment.deployed', deployment())
    expect(await pullRequest()).toMatchObject({
      autoMerge: null,
      body: expect.stringContaining('Waits for approval: 0'),
    })
    expect(check()).toMatchObject({ conclusion: 'FAILURE', title: expect.stringContaining('Blocked') })
    await review('jane')
    expect(await pullRequest()).toMatchObject({ autoMerge: null })
    await review('joe')
    expect(await pullRequest()).toMatchObject({ autoMerge: { enabledBy: 'pullwright[bot]' }, state: 'open' })
    expect((await pullRequest()).body).toContain('✅ Approved by somebody else than the deployer')
    expect(check()).toMatchObject({ conclusion: 'SUCCESS' })
  })

  it('merge at once where nothing else is to be waited for', async () => {
    await stage.emit('environment.deployed', deployment())
    await review('joe')
    expect(await pullRequest()).toMatchObject({ state: 'merged' })
  })

  it('wait again for the next deployment, whoever approved the one before', async () => {
    protect(['ci'])
    await stage.emit('environment.deployed', deployment())
    await review('joe')
    expect(await pullRequest()).toMatchObject({ autoMerge: { enabledBy: 'pullwright[bot]' } })
    await stage.emit('environment.deployed', deployment({ revision: 16, deployment_id: 'dep_2' }))
    expect(await pullRequest()).toMatchObject({ autoMerge: null })
    await review('ann', 'COMMENTED')
    expect(await pullRequest()).toMatchObject({ autoMerge: null })
    await review('joe')
    expect(await pullRequest()).toMatchObject({ autoMerge: { enabledBy: 'pullwright[bot]' } })
  })

  it('close again when the approval is taken back', async () => {
    protect(['ci'])
    await stage.emit('environment.deployed', deployment())
    await review('joe')
    stage.fake.state.dismissReview(REPOSITORY, 1, 'joe')
    await stage.deliver('pull_request_review', { number: 1, action: 'dismissed', by: 'jane' })
    expect(await pullRequest()).toMatchObject({ autoMerge: null })
    expect(check()).toMatchObject({ conclusion: 'FAILURE' })
  })

  it('do not mind reviews of what is not ours', async () => {
    await stage.fake.state.commit({ repository: REPOSITORY, branch: 'theirs', files: { a: 'a' } })
    await stage.fake.state.openPullRequest(REPOSITORY, { head: 'theirs' })
    const before = stage.fake.requests.length
    await review('joe')
    expect(stage.fake.requests.length).toBe(before)
  })
})
