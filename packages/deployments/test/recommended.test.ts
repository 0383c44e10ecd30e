import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deployment, type Forge, forge, pullwrightOn, REPOSITORY, testClock } from './harness.ts'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

const REVISIONS = [15, 16, 17]
const at = (revision: number) =>
  deployment({ revision, deployment_id: `dep_${revision}`, config: { model: 'gpt-4', temperature: revision / 100 } })

describe('rapid successive deployments', () => {
  it('update the open pull request, which ends with the newest', async () => {
    const pullwright = pullwrightOn(stage, [{}])
    for (const revision of REVISIONS) await pullwright.emitter.emit('environment.deployed', at(revision))
    await pullwright.drain()
    const [only, ...others] = await stage.fake.state.pullRequests(REPOSITORY)
    expect(others).toEqual([])
    expect(only?.title).toContain('revision 17')
    await pullwright.stop()
  })

  it('are a pull request each, where the route says separate', async () => {
    const pullwright = pullwrightOn(stage, [{ strategy: 'separate' }])
    for (const revision of REVISIONS) await pullwright.emitter.emit('environment.deployed', at(revision))
    await pullwright.drain()
    const titles = (await stage.fake.state.pullRequests(REPOSITORY)).map(({ title }) => title).sort()
    expect(titles).toEqual(REVISIONS.map((revision) => expect.stringContaining(`revision ${revision}`)))
    await pullwright.stop()
  })
})

it('a failed deployment opens no pull request', async () => {
  const pullwright = pullwrightOn(stage, [{}])
  await pullwright.emitter.emit('deployment.failed', {
    app_name: 'support-bot',
    environment: 'production',
    revision: 15,
  })
  await pullwright.drain()
  expect(await stage.fake.state.pullRequests(REPOSITORY)).toEqual([])
  expect(stage.fake.state.issues(REPOSITORY)).toEqual([])
  await pullwright.stop()
})

it('what was deployed before an integration was enabled again stays history', async () => {
  const clock = testClock()
  const pullwright = pullwrightOn(stage, [{ when: { project: 'nobody' } }], {
    ...{ clock, egress: { allowHttp: true, allow: ['127.0.0.1'] } },
  })
  const project = 'shop'
  const { integrations } = pullwright.as({ project, subject: 'tom', capabilities: ['manage'] })
  const { id } = await integrations.create({
    ...{ vcs: 'github', baseUrl: stage.fake.url, repository: REPOSITORY, credential: stage.token },
  })
  await integrations.update(id, { enabled: false })
  clock.advance(1_000)
  await pullwright.emitter.emit('environment.deployed', at(15), { project })
  clock.advance(1_000)
  await integrations.update(id, { enabled: true })
  await pullwright.drain()
  expect(await stage.fake.state.pullRequests(REPOSITORY)).toEqual([])
  clock.advance(1_000)
  await pullwright.emitter.emit('environment.deployed', at(16), { project })
  await pullwright.drain()
  expect(await stage.fake.state.pullRequests(REPOSITORY)).toMatchObject([
    { title: expect.stringContaining('revision 16') },
  ])
  await pullwright.stop()
})

it('what was deployed before an integration was enabled stays history, what comes after is documented', async () => {
  const clock = testClock()
  const pullwright = pullwrightOn(stage, [{ when: { project: 'nobody' } }], {
    ...{ clock, egress: { allowHttp: true, allow: ['127.0.0.1'] } },
  })
  const project = 'shop'
  await pullwright.emitter.emit('environment.deployed', at(15), { project })
  clock.advance(1_000)
  await pullwright.as({ project, subject: 'tom', capabilities: ['manage'] }).integrations.create({
    ...{ vcs: 'github', baseUrl: stage.fake.url, repository: REPOSITORY, credential: stage.token },
  })
  await pullwright.drain()
  expect(await stage.fake.state.pullRequests(REPOSITORY)).toEqual([])
  clock.advance(1_000)
  await pullwright.emitter.emit('environment.deployed', at(16), { project })
  await pullwright.drain()
  expect(await stage.fake.state.pullRequests(REPOSITORY)).toMatchObject([
    { title: expect.stringContaining('revision 16'), body: expect.stringContaining('0.16') },
  ])
  await pullwright.stop()
})
