import { generateKey, memoryStore, type Store } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { counter, deployment, type Forge, forge, pullwrightOn, REPOSITORY, testClock } from './harness.ts'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

describe('an older deployment', () => {
  it('ends as superseded where the forge holds a newer one', async () => {
    const store = memoryStore()
    const pullwright = pullwrightOn(stage, [{}], { store })
    await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16 }))
    await pullwright.drain()
    const [pr] = await stage.fake.state.pullRequests(REPOSITORY)
    const newer = (pr?.body ?? '').replace(/"sequence":\d+/, '"sequence":1000000')
    const { token, fake } = stage
    await fetch(`${fake.url}/repos/${REPOSITORY}/pulls/1`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ body: newer }),
    })
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment({ revision: 15 }))
    await pullwright.drain()
    const details = await pullwright.deployments.get(id)
    expect(details).toMatchObject({ status: 'done', pullRequests: [] })
    expect(details.tasks.map(({ result }) => result)).toContainEqual({
      outcome: 'superseded',
      reason: expect.stringContaining('newer deployment'),
    })
    await pullwright.stop()
  })

  it('that is told of only after a newer one gets no pull request', async () => {
    const pullwright = pullwrightOn(stage)
    const emit = async (revision: number, occurredAt: string) => {
      const { id } = await pullwright.emitter.emit('environment.deployed', deployment({ revision }), { occurredAt })
      await pullwright.drain()
      return id
    }
    await emit(16, '2025-11-02T00:00:00Z')
    const count = counter(stage)
    const { tasks, status } = await pullwright.deployments.get(await emit(15, '2025-11-01T00:00:00Z'))
    expect(count()).toBe(0)
    expect(status).toBe('done')
    expect(tasks.map(({ result }) => result)).toEqual([{ outcome: 'outdated' }])
    await pullwright.stop()
  })
})

describe('the follow-up event', () => {
  const types = ['pull_request.opened', 'pull_request.updated']

  it.each([
    ['dropped', { reset: true as const }],
    ['a gateway error', { status: 502 }],
  ])('is not lost where the answer to the write is %s', async (_what, fault) => {
    const clock = testClock()
    const pullwright = pullwrightOn(stage, [{ labels: [] }], { clock })
    stage.fake.fail({ match: { operation: 'CreatePullRequest' }, times: 1, afterEffect: true, ...fault })
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await settle(pullwright, clock)
    stage.fake.fail({ match: { operation: 'UpdatePullRequest' }, times: 1, afterEffect: true, ...fault })
    const next = await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16 }))
    await settle(pullwright, clock)
    expect((await pullwright.events.list({ types })).map(({ type }) => type)).toEqual(types.toReversed())
    expect((await pullwright.deployments.get(id)).pullRequests).toMatchObject([{ number: 1, outcome: 'created' }])
    expect((await pullwright.deployments.get(next.id)).pullRequests).toMatchObject([{ number: 1, outcome: 'updated' }])
    await pullwright.stop()
  })

  it('is not lost where the process is, and not told twice', async () => {
    const [store, key, clock] = [memoryStore(), generateKey(), testClock(Date.now())]
    const dying = pullwrightOn(stage, [{}], { store: dyingAtSettle(store), key, clock })
    const { id } = await dying.emitter.emit('environment.deployed', deployment())
    await dying.drain()
    clock.advance(3_600_000)
    const next = pullwrightOn(stage, [{}], { store, key, clock })
    await settle(next, clock)
    expect((await next.deployments.get(id)).pullRequests).toMatchObject([{ number: 1, outcome: 'created' }])
    const task = (await next.deployments.get(id)).tasks.find(({ result }) => JSON.stringify(result).includes('github'))
    await next.tasks.retry(task?.id ?? '')
    await settle(next, clock)
    expect((await next.events.list({ types })).map(({ type }) => type)).toEqual(['pull_request.opened'])
    await next.stop()
  })

  it('is not made up where a first try failed before it wrote anything', async () => {
    const clock = testClock()
    const pullwright = pullwrightOn(stage, [{}], { clock })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await settle(pullwright, clock)
    stage.fake.fail({ match: { operation: 'PublishPlan' }, times: 3, status: 502 })
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await settle(pullwright, clock)
    expect((await pullwright.deployments.get(id)).pullRequests).toMatchObject([{ outcome: 'unchanged' }])
    expect(await pullwright.events.list({ types })).toHaveLength(1)
    await pullwright.stop()
  })
})

async function settle(pullwright: ReturnType<typeof pullwrightOn>, clock: ReturnType<typeof testClock>) {
  for (let i = 0; i < 4; i++) {
    await pullwright.drain()
    clock.advance(600_000)
  }
}

/** A process that ends after it published, and before it could say so. */
function dyingAtSettle(store: Store): Store {
  const settle: Store['settle'] = async (settlements) => {
    if (JSON.stringify(settlements).includes('"pull_request"')) throw new Error('the process is gone')
    return store.settle(settlements)
  }
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = name === 'settle' ? settle : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
