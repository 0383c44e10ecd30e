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

it('a proposal becomes a pull request that says so, beside the document of what runs', async () => {
  const pullwright = pullwrightOn(stage, [{ report: { comment: true } }])
  await pullwright.emitter.emit('environment.deployed', deployment())
  await pullwright.drain()
  const next = deployment({ revision: 16, config: { model: 'gpt-4', temperature: 0.2 }, deployed_by: 'joe' })
  await pullwright.emitter.emit('deployment.proposed', next)
  await pullwright.drain()
  const [document, proposal] = await stage.fake.state.pullRequests(REPOSITORY)
  expect(document?.body).toContain('# Deployment: support-bot → production')
  expect(proposal).toMatchObject({
    title: 'Proposal: Deploy support-bot to production (revision 16)',
    head: 'pullwright/support-bot/production+propose',
    body: expect.stringContaining('This does not run yet.'),
    comments: [{ body: expect.stringContaining('📝 proposed') }],
  })
  expect(proposal?.body).toMatch(/\*\*Proposed by\*\*: joe/)
  expect(proposal?.body).toContain('"kind":"propose"')
  await pullwright.stop()
})

it('a proposal is not what the next deployment is compared with', async () => {
  const pullwright = pullwrightOn(stage)
  await pullwright.emitter.emit('environment.deployed', deployment())
  await pullwright.emitter.emit('deployment.proposed', deployment({ revision: 16, config: { model: 'gpt-5' } }))
  const { id } = await pullwright.emitter.emit('environment.deployed', deployment({ revision: 17 }))
  const { data } = await pullwright.events.get(id)
  expect(data).toMatchObject({ config_diff: { added: {}, modified: {}, removed: {} } })
  await pullwright.stop()
})
