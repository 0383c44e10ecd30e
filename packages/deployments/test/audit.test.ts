import { afterEach, beforeEach, expect, it } from 'vitest'
import { deployment, type Forge, forge, pullwrightOn, REPOSITORY } from './harness.ts'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

it('every write to a forge is in the audit log: who, what, when, with which credential, to which repository', async () => {
  const pullwright = pullwrightOn(stage, [{ report: { comment: true } }])
  const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
  await pullwright.drain()
  const entries = await pullwright.audit.list()
  expect(entries.map(({ actor, action, target, result }) => [actor, action, target, result])).toEqual([
    ['jane@example.com', 'vcs.publishPullRequest', REPOSITORY, 'ok'],
    [null, 'vcs.upsertComment', `${REPOSITORY}#1`, 'ok'],
  ])
  expect(entries[0]).toMatchObject({
    at: expect.any(Number),
    details: { vcs: 'github', via: 'github', outcome: 'created', branch: 'pullwright/support-bot/production' },
  })
  const { events } = await pullwright.deployments.get(id)
  const routed = events.find(({ type }) => type === 'deployment.routed')
  expect(entries[0]?.details).toMatchObject({ event: routed?.id })
  expect(await pullwright.audit.verify()).toMatchObject({ ok: true })
  await pullwright.stop()
})

it('what was refused is in the audit log too, without a secret', async () => {
  stage.fake.fail({ times: 1, status: 403, body: { message: `Resource not accessible: ${stage.token}` } })
  const pullwright = pullwrightOn(stage)
  await pullwright.emitter.emit('environment.deployed', deployment())
  await pullwright.drain()
  const [refused] = await pullwright.audit.list()
  expect(refused).toMatchObject({
    action: 'vcs.publishPullRequest',
    result: 'failed',
    details: { error: expect.any(String) },
  })
  expect(JSON.stringify(refused)).not.toContain(stage.token)
  await pullwright.stop()
})

it('what changed nothing is not', async () => {
  const pullwright = pullwrightOn(stage)
  await pullwright.emitter.emit('environment.deployed', deployment())
  await pullwright.drain()
  const before = await pullwright.audit.list()
  await pullwright.emitter.emit('environment.deployed', deployment({ deployment_id: 'dep_2' }))
  await pullwright.drain()
  expect(await pullwright.audit.list()).toEqual(before)
  await pullwright.stop()
})
