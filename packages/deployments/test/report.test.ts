import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { counter, deployment, type Forge, forge, pullwrightOn, REPOSITORY } from './harness.ts'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

const outcome = (more: object = {}) => ({
  app_name: 'support-bot',
  environment: 'production',
  deployment_id: 'dep_1',
  ...more,
})

async function openPullRequest() {
  const [pr] = await stage.fake.state.pullRequests(REPOSITORY)
  if (pr === undefined) throw new Error('There is no pull request')
  return pr
}

describe('beside its pull request a deployment', () => {
  it('has a check, where its route asks for one', async () => {
    const pullwright = pullwrightOn(stage, [{ report: { check: true } }])
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    const { headOid: head } = await openPullRequest()
    expect(await stage.fake.state.statuses(REPOSITORY, head)).toMatchObject([
      { context: 'Deployment to production', state: 'success' },
    ])
    await pullwright.stop()
  })

  it('has one comment with the history, which is quiet when nothing changed', async () => {
    const pullwright = pullwrightOn(stage, [{ report: { comment: true } }])
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16, deployment_id: 'dep_2' }))
    await pullwright.drain()
    const { comments } = await openPullRequest()
    expect(comments).toHaveLength(1)
    expect(comments[0]?.body).toMatch(/\| 16 \|[^\n]*live \|\n\| 15 \|/)
    const count = counter(stage)
    await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16, deployment_id: 'dep_3' }))
    await pullwright.drain()
    expect(count()).toBe(1)
    await pullwright.stop()
  })

  it('follows what the host says of its end', async () => {
    const pullwright = pullwrightOn(stage, [{ report: { check: true, comment: true } }])
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    const { headOid: head } = await openPullRequest()
    await pullwright.emitter.emit('deployment.failed', outcome({ message: 'No quota left' }))
    await pullwright.drain()
    expect(stage.fake.state.statuses(REPOSITORY, head).at(-1)).toMatchObject({
      context: 'Deployment to production',
      state: 'failure',
      description: 'The deployment failed',
    })
    const { comments } = await openPullRequest()
    expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('❌ failed: No quota left')])
    await pullwright.stop()
  })

  it('is found by its revision where the host names no id', async () => {
    const pullwright = pullwrightOn(stage, [{ report: { comment: true } }])
    for (const revision of [15, 16]) {
      await pullwright.emitter.emit('environment.deployed', deployment({ revision, deployment_id: null }))
    }
    await pullwright.drain()
    await pullwright.emitter.emit('deployment.succeeded', outcome({ deployment_id: undefined, revision: 16 }))
    await pullwright.drain()
    const { comments } = await openPullRequest()
    expect(comments[0]?.body).toMatch(/\| 16 \|[^\n]*succeeded/)
    await pullwright.stop()
  })

  it('says nothing beside it where nobody asked', async () => {
    const pullwright = pullwrightOn(stage)
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    const count = counter(stage)
    await pullwright.emitter.emit('deployment.succeeded', outcome())
    await pullwright.drain()
    expect(count()).toBe(0)
    const { comments, headOid } = await openPullRequest()
    expect([comments, stage.fake.state.statuses(REPOSITORY, headOid)]).toEqual([[], []])
    await pullwright.stop()
  })
})
