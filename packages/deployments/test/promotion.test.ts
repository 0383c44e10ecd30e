import { createPullwright, generateKey, memoryStore } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deploymentPullRequests, type Pipeline, policies } from '../src/index.ts'
import { deployment, type Forge, forge, memoryLogger, REPOSITORY, testClock } from './harness.ts'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

const MINUTE = 60_000
const ENVIRONMENTS = ['dev', 'staging', 'production']

function promoting(pipeline: Partial<Pipeline> = {}) {
  const clock = testClock()
  const pullwright = createPullwright({
    store: memoryStore(),
    key: generateKey(),
    logger: memoryLogger(),
    clock,
    vcs: [stage.vcs()],
    plugins: [
      deploymentPullRequests({
        routes: [{ vcs: 'github', repository: REPOSITORY }],
        pipelines: [{ environments: ENVIRONMENTS, ...pipeline }],
      }),
    ],
  })
  return {
    ...{ pullwright, clock },
    async deployTo(environment: string, more: object = {}) {
      await pullwright.emitter.emit('environment.deployed', deployment({ environment, deployment_id: null, ...more }))
      await pullwright.drain()
    },
    async proposals() {
      const all = await stage.fake.state.pullRequests(REPOSITORY)
      return all
        .filter(({ head }) => head.endsWith('+propose'))
        .map(({ head, state }) => [head.split('/').at(-1), state])
    },
  }
}

describe('a pipeline', () => {
  it('proposes what was deployed for the next environment, and merges it there', async () => {
    const { pullwright, deployTo, proposals } = promoting()
    await deployTo('dev')
    expect(await proposals()).toEqual([['staging+propose', 'merged']])
    await pullwright.stop()
  })

  it('leaves production to a person', async () => {
    const { pullwright, deployTo, proposals } = promoting()
    await deployTo('staging')
    expect(await proposals()).toEqual([['production+propose', 'open']])
    await pullwright.stop()
  })

  it('ends with the last environment, and proposes nothing that runs there already', async () => {
    const { pullwright, deployTo, proposals } = promoting()
    await deployTo('production')
    expect(await proposals()).toEqual([])
    await deployTo('staging')
    expect(await proposals()).toEqual([])
    await pullwright.stop()
  })

  it('waits as long as its gate says', async () => {
    const { pullwright, clock, deployTo, proposals } = promoting({ gates: { staging: { afterMs: 30 * MINUTE } } })
    await deployTo('dev')
    expect(await proposals()).toEqual([['staging+propose', 'open']])
    clock.advance(29 * MINUTE)
    await pullwright.drain()
    expect(await proposals()).toEqual([['staging+propose', 'open']])
    clock.advance(MINUTE)
    await pullwright.drain()
    expect(await proposals()).toEqual([['staging+propose', 'merged']])
    await pullwright.stop()
  })

  it('waits for a label, and merges into production then', async () => {
    const { pullwright, clock, deployTo, proposals } = promoting({ gates: { production: { label: 'ship it' } } })
    await deployTo('staging')
    expect(await proposals()).toEqual([['production+propose', 'open']])
    const all = await stage.fake.state.pullRequests(REPOSITORY)
    const pr = all.find(({ head }) => head.endsWith('+propose'))
    stage.fake.state.addLabel(REPOSITORY, pr?.number ?? 0, 'ship it', 'jane')
    clock.advance(15 * MINUTE)
    await pullwright.drain()
    expect(await proposals()).toEqual([['production+propose', 'merged']])
    await pullwright.stop()
  })

  it('keeps shut while a policy minds, and says why', async () => {
    const gates = { staging: { policies: [policies.evaluation()] } }
    const { pullwright, deployTo, proposals } = promoting({ gates })
    await deployTo('dev')
    expect(await proposals()).toEqual([['staging+propose', 'open']])
    const [waiting] = await pullwright.tasks.list({ statuses: ['waiting'] })
    expect(waiting).toMatchObject({ reason: expect.stringContaining('no evaluation') })
    await deployTo('dev', { revision: 16, evaluation: { accuracy: 0.9 } })
    expect(await proposals()).toEqual([['staging+propose', 'merged']])
    await pullwright.stop()
  })

  it.each([
    [{ environments: ['dev'] }, /two environments/],
    [{ environments: ['dev', 'dev'] }, /names one twice/],
    [{ gates: { dev: {} } }, /nothing is proposed/],
    [{ gates: { staging: { label: '' } } }, /pipelines\.0\.gates\.staging\.label/],
  ])('is refused as %j', (pipeline, says) => {
    expect(() => promoting(pipeline)).toThrow(says)
  })
})
