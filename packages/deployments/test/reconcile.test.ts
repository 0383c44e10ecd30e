import { createPullwright, generateKey, memoryStore } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DeployedNow, deploymentPullRequests, type ReconcileOptions, reconcile } from '../src/index.ts'
import { deployment, type Forge, forge, memoryLogger, REPOSITORY, testClock } from './harness.ts'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

const HOUR = 3_600_000
const MINUTE = 60_000
const routes = [{ vcs: 'github', repository: REPOSITORY }]

function reconciling(options: Partial<ReconcileOptions>) {
  const clock = testClock()
  const pullwright = createPullwright({
    store: memoryStore(),
    key: generateKey(),
    logger: memoryLogger(),
    clock,
    vcs: [stage.vcs()],
    plugins: [deploymentPullRequests({ routes }), reconcile({ routes, pollMs: false, ...options })],
  })
  return {
    pullwright,
    async later(milliseconds: number) {
      clock.advance(milliseconds)
      await pullwright.drain()
    },
    async told(type: string) {
      return (await pullwright.events.list({ types: [type] })).map(({ data }) => data)
    },
  }
}

const RUNS: DeployedNow = {
  app: 'support-bot',
  environment: 'production',
  variant: 'v2',
  revision: 15,
  config: deployment().config,
}

async function merge(number: number) {
  const vcs = stage.vcs()
  const { head } = await vcs.getPullRequest(REPOSITORY, number)
  await vcs.mergePullRequest({ repository: REPOSITORY, number }, { expectedHead: head, method: 'squash' })
  await vcs.close?.()
}

describe('what Git documents', () => {
  it('is said to be missing, once, and opened where that is asked for', async () => {
    const { pullwright, later, told } = reconciling({ current: () => [RUNS], open: true })
    await later(HOUR)
    await later(HOUR)
    expect(await told('drift.detected')).toMatchObject([{ kind: 'missing', app_name: 'support-bot', revision: 15 }])
    const [pr] = await stage.fake.state.pullRequests(REPOSITORY)
    expect(pr).toMatchObject({ state: 'open', title: 'Deploy support-bot to production (revision 15)' })
    await pullwright.stop()
  })

  it('is no drift while its pull request is open, nor once it is merged', async () => {
    const { pullwright, later, told } = reconciling({ current: () => [RUNS] })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    await later(HOUR)
    await merge(1)
    await later(HOUR)
    expect(await told('drift.detected')).toEqual([])
    await pullwright.stop()
  })

  it('is told of where another revision or another configuration runs', async () => {
    let runs = RUNS
    const { pullwright, later, told } = reconciling({ current: () => [runs] })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    await merge(1)
    runs = { ...RUNS, revision: 16 }
    await later(HOUR)
    runs = { ...RUNS, config: { model: 'gpt-5' } }
    await later(HOUR)
    expect(await told('drift.detected')).toMatchObject([
      { kind: 'config', documented_revision: 15 },
      { kind: 'revision', documented_revision: 15, revision: 16 },
    ])
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
    await pullwright.stop()
  })
})

describe('a merge that no webhook told of', () => {
  it('is found, told once, and never for what was merged before', async () => {
    const { pullwright, later, told } = reconciling({ pollMs: 5 * MINUTE })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    await later(5 * MINUTE)
    await merge(1)
    await later(5 * MINUTE)
    await later(5 * MINUTE)
    expect(await told('pull_request.merged')).toMatchObject([{ number: 1, vcs: 'github', kind: 'document' }])
    await pullwright.stop()
  })

  it('is told of a pull request that was closed', async () => {
    const { pullwright, later, told } = reconciling({ pollMs: 5 * MINUTE })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    await later(5 * MINUTE)
    await stage.vcs().closePullRequest({ repository: REPOSITORY, number: 1 })
    await later(5 * MINUTE)
    expect(await told('pull_request.closed')).toMatchObject([{ number: 1 }])
    await pullwright.stop()
  })
})

it('is refused without routes', () => {
  expect(() => reconcile({ routes: [] })).toThrow(/routes/)
})
