import { afterEach, describe, expect, it } from 'vitest'
import { type Pipeline, policies, type Route } from '../src/index.ts'
import { type GitStage, gitStage } from './git-stage.ts'
import { deployment, REPOSITORY } from './harness.ts'

let stage: GitStage

const PIPELINE = { environments: ['dev', 'staging', 'production'] }

const open = async (pipeline: Partial<Pipeline>, routes: Partial<Route>[] = [{}]) => {
  stage = await gitStage({ routes, flow: { pipelines: [{ ...PIPELINE, ...pipeline }] } })
}

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.close()
})

const deployTo = (environment: string, more: object = {}) =>
  stage.emit('environment.deployed', deployment({ environment, deployment_id: null, ...more }))
const proposal = async () => {
  const found = (await stage.pullRequests()).find(({ head }) => head.endsWith('+propose'))
  if (found === undefined) throw new Error('Nothing is proposed')
  return found
}
const saidAtGate = async () => (await proposal()).comments.filter(({ body }) => body.includes('gate'))
const label = async (name: string, by: string) => {
  const { number } = await proposal()
  stage.fake.state.addLabel(REPOSITORY, number, name)
  await stage.deliver('pull_request', { number, action: 'labeled', label: name, by })
}
const review = async (by: string) => {
  const { number } = await proposal()
  await stage.fake.state.review(REPOSITORY, number, by, 'APPROVED')
  await stage.deliver('pull_request_review', { number, by })
}
const protect = (rule: object) => stage.fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: rule } })

describe('a manual label', () => {
  it('opens the gate at once where its webhook comes, and one comment says so', async () => {
    await open({ gates: { production: { label: 'ship it' } } })
    await deployTo('staging')
    expect(await saidAtGate()).toMatchObject([{ body: expect.stringContaining('Waits for the label ship it') }])
    await label('ship it', 'jane')
    expect(await proposal()).toMatchObject({ state: 'merged' })
    expect(await saidAtGate()).toMatchObject([{ body: expect.stringContaining('has passed the gate') }])
  })

  it.each([
    ['reader', 'reader has no write permission'],
    ['pullwright[bot]', 'we set it ourselves'],
  ])('by %s opens nothing', async (by, reason) => {
    await open({ gates: { production: { label: 'ship it' } } })
    await deployTo('staging')
    await label('ship it', by)
    expect(await proposal()).toMatchObject({ state: 'open' })
    expect(await saidAtGate()).toMatchObject([{ body: expect.stringContaining(reason) }])
  })
})

describe('a label that no webhook told of', () => {
  const set = async (by?: string) => {
    await open({ gates: { production: { label: 'ship it' } } })
    await deployTo('staging')
    stage.fake.state.addLabel(REPOSITORY, (await proposal()).number, 'ship it', by)
    stage.clock.advance(15 * 60_000)
    await stage.pullwright.drain()
  }

  it('opens the gate where the forge tells that somebody set it who may write', async () => {
    await set('jane')
    expect((await proposal()).state).toBe('merged')
  })

  it.each([
    ['reader', 'reader has no write permission'],
    ['pullwright[bot]', 'we set it ourselves'],
    [undefined, 'the forge does not tell who set it'],
  ])('by %s opens nothing', async (by, reason) => {
    await set(by)
    expect(await proposal()).toMatchObject({ state: 'open' })
    expect(await saidAtGate()).toMatchObject([{ body: expect.stringContaining(reason) }])
  })
})

describe('policies at a gate', () => {
  const fourEyes = policies.fourEyes({ loginOf: ({ email }) => email?.split('@')[0] ?? null })

  it('are judged again by a review, and only reviews of what stands there count', async () => {
    await open({ gates: { staging: { policies: [fourEyes] } } })
    await deployTo('dev')
    await review('jane')
    expect(await proposal()).toMatchObject({ state: 'open' })
    const { head, number } = await proposal()
    await stage.fake.state.review(REPOSITORY, number, 'joe', 'APPROVED')
    await stage.fake.state.commit({ repository: REPOSITORY, branch: head, files: { notes: 'later' } })
    await stage.deliver('pull_request_review', { number, by: 'joe' })
    expect(await proposal()).toMatchObject({ state: 'open' })
    await review('ann')
    expect(await proposal()).toMatchObject({ state: 'merged' })
  })

  it('say one thing once', async () => {
    await open({ gates: { staging: { policies: [policies.evaluation()] } } })
    await deployTo('dev')
    const before = stage.fake.requests.length
    stage.clock.advance(15 * 60_000)
    await stage.pullwright.drain()
    const sent = stage.fake.requests.slice(before).filter(({ path }) => path.includes('comments'))
    expect(sent).toEqual([])
    expect(await saidAtGate()).toMatchObject([{ body: expect.stringContaining('no evaluation') }])
  })
})

it('a route that merges by itself does not go past a gate', async () => {
  await open({ gates: { production: { label: 'ship it' } } }, [{ autoMerge: true }])
  await deployTo('staging')
  expect(await proposal()).toMatchObject({ state: 'open', autoMerge: null })
})

it('success is what the host says it is', async () => {
  await open({ after: 'deployment.succeeded' })
  await deployTo('dev')
  expect((await stage.pullRequests()).map(({ head }) => head)).toEqual(['pullwright/support-bot/dev'])
  await stage.pullwright.emitter.emit('deployment.failed', {
    app_name: 'support-bot',
    environment: 'dev',
    revision: 15,
  })
  await stage.pullwright.drain()
  expect(await stage.pullRequests()).toHaveLength(1)
  const said = { app_name: 'support-bot', environment: 'dev', revision: 15 }
  await stage.pullwright.emitter.emit('deployment.succeeded', said)
  await stage.pullwright.drain()
  expect(await proposal()).toMatchObject({ head: 'pullwright/support-bot/staging+propose', state: 'merged' })
})

it('a merged gate deploys, and that success opens the next', async () => {
  await open({ gates: { staging: { afterMs: 60_000 } } })
  await deployTo('dev')
  expect(await saidAtGate()).toMatchObject([{ body: expect.stringContaining('2026-01-01T00:01:00.000Z') }])
  stage.clock.advance(60_000)
  await stage.pullwright.drain()
  const { number, state } = await proposal()
  expect(state).toBe('merged')
  await stage.deliver('pull_request', { number, action: 'closed', by: 'pullwright[bot]' })
  expect(stage.host.calls).toMatchObject([{ environment: 'staging', revision: 15 }])
  await deployTo('staging')
  const heads = (await stage.pullRequests()).filter((one) => one.state === 'open').map(({ head }) => head)
  expect(heads).toEqual(['pullwright/support-bot/dev', 'pullwright/support-bot/production+propose'])
})

describe('what the base asks for', () => {
  const files = { '.github/CODEOWNERS': '/deployments/ @ann\n' }
  const own = () => {
    stage.fake.state.addCollaborator(REPOSITORY, 'ann', 'write')
    return stage.fake.state.commit({ repository: REPOSITORY, branch: 'main', files })
  }

  it.each([
    ['an approval', { requiredApprovals: 1, adminsBypass: true }],
    ['an approval by a code owner', { requireCodeOwnerReviews: true, adminsBypass: true }],
  ])('is waited for, %s, though our credential could go past it', async (_what, rule) => {
    await open({})
    await own()
    protect(rule)
    await deployTo('dev')
    expect(await proposal()).toMatchObject({ state: 'open' })
    expect(await saidAtGate()).toMatchObject([{ body: expect.stringContaining('approvals are missing') }])
    await review('ann')
    expect(await proposal()).toMatchObject({ state: 'merged' })
  })

  it('an approval by somebody who owns nothing does not do for a code owner’s', async () => {
    await open({}, [{ autoMerge: true }])
    await own()
    protect({ requiredApprovals: 1, requireCodeOwnerReviews: true, adminsBypass: true })
    await deployTo('dev')
    await review('joe')
    expect(await proposal()).toMatchObject({ state: 'open', reviewers: ['ann'] })
    const document = (await stage.pullRequests()).find(({ head }) => !head.endsWith('+propose'))
    expect(document).toMatchObject({ state: 'open', autoMerge: { enabledBy: 'pullwright[bot]' } })
    await stage.fake.state.review(REPOSITORY, document?.number ?? 0, 'ann', 'APPROVED')
    expect(await stage.fake.state.pullRequest(REPOSITORY, document?.number ?? 0)).toMatchObject({ state: 'merged' })
  })
})

it('staging is merged by itself and production left to people, by default', async () => {
  await open({}, [{ autoMerge: {} }])
  await deployTo('uat')
  await deployTo('production')
  const states = (await stage.pullRequests()).map(({ head, state, autoMerge }) => [
    head.split('/').at(-1),
    state,
    autoMerge,
  ])
  expect(states).toEqual([
    ['uat', 'merged', null],
    ['production', 'open', null],
  ])
})
