import { memoryStore } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deployment, type Forge, forge, memoryLogger, pullwrightOn, REPOSITORY, testClock } from './harness.ts'

const BRANCH = 'pullwright/support-bot/production'
const FILE = 'deployments/support-bot/production.json'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

const heads = async () => (await stage.fake.state.pullRequests(REPOSITORY)).map(({ head }) => head).sort()
const read = async (branch: string, path = FILE) => {
  const text = await stage.fake.state.file(REPOSITORY, path, branch)
  return text === null || text === undefined ? null : JSON.parse(text)
}

describe('several projects in one repository', () => {
  it('never write over each other, and each keeps its own pull request', async () => {
    const pullwright = pullwrightOn(stage)
    for (const [project, revision] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['default', 1],
    ] as const) {
      await pullwright.emitter.emit('environment.deployed', deployment({ revision, config: { project } }), { project })
      await pullwright.drain()
    }
    expect(await heads()).toEqual([BRANCH, `${BRANCH}+a`, `${BRANCH}+b`])
    for (const [project, revision] of [
      ['a', 2],
      ['b', 1],
    ] as const) {
      expect(await read(`${BRANCH}+${project}`)).toMatchObject({ config: { project }, variant: { revision } })
    }
    await pullwright.stop()
  })
})

describe('routes that meet on one branch', () => {
  it('keep their own after their order changed', async () => {
    const store = memoryStore()
    const routes = [{}, { path: 'z/{{app}}.json' }]
    for (const [order, revision] of [
      [routes, 15],
      [routes.toReversed(), 16],
    ] as const) {
      const pullwright = pullwrightOn(stage, [...order], { store, key: Buffer.alloc(32, 1).toString('base64') })
      await pullwright.emitter.emit('environment.deployed', deployment({ revision }))
      await pullwright.drain()
      await pullwright.stop()
    }
    const [plain, other] = await heads()
    expect([plain, other]).toEqual([BRANCH, expect.stringMatching(/\+[0-9a-f]{6}$/)])
    expect(await read(BRANCH)).toMatchObject({ variant: { revision: 16 } })
    expect(await read(other ?? '', 'z/support-bot.json')).toMatchObject({ variant: { revision: 16 } })
    expect(await read(BRANCH, 'z/support-bot.json')).toBeNull()
  })
})

describe('a broken integration', () => {
  it('dies alone, with its reason, while all others go on', async () => {
    const [store, logger] = [memoryStore(), memoryLogger()]
    const pullwright = pullwrightOn(stage, [{}], { store, logger })
    const draft = { vcs: 'github', repository: REPOSITORY, credential: stage.token }
    const { id } = await pullwright.integrations.create(draft)
    const row = await store.integrations.get(id)
    if (!row) throw new Error('no integration')
    const elsewhere = { when: { app: 'other' }, branch: 'a..b' }
    await store.integrations.put({ ...row, id: `${id}x`, version: 1, rules: elsewhere })
    await store.integrations.put({ ...row, version: row.version + 1, rules: { title: '{{nope}}' } })
    const { id: deployed } = await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect(await heads()).toEqual([BRANCH])
    const { tasks } = await pullwright.deployments.get(deployed)
    const dead = tasks.filter(({ status }) => status === 'dead')
    expect(dead.map(({ reason }) => reason)).toEqual([expect.stringMatching(new RegExp(`${id}.*nope`))])
    expect(logger.text()).toContain(id)
    await pullwright.stop()
  })
})

describe('what a route shows', () => {
  it('has pseudonyms in branch, path and link too', async () => {
    const pullwright = pullwrightOn(stage, [{ pseudonymise: true, links: 'https://a.example/{{app}}' }])
    for (const app_name of ['jane@example.com', 'joe@example.com']) {
      await pullwright.emitter.emit('environment.deployed', deployment({ app_name, deployed_by: 'x' }))
    }
    await pullwright.drain()
    const all = await stage.fake.state.pullRequests(REPOSITORY)
    expect(new Set(all.map(({ head }) => head)).size).toBe(2)
    const sent = stage.fake.requests.map(({ headers: _headers, ...rest }) => rest)
    expect(JSON.stringify([all, sent])).not.toMatch(/jane|joe|amFuZ/)
    await pullwright.stop()
  })

  it.each([
    ['a text', 'between us'],
    ['a list', ['between us']],
  ])('is nothing of a configuration that is %s where only some members may be seen', async (_what, config) => {
    const pullwright = pullwrightOn(stage, [{ include: { except: ['internal'] } }])
    await pullwright.emitter.emit('environment.deployed', deployment({ config, previous_config: 'before' }))
    await pullwright.drain()
    expect((await read(BRANCH)).config).toBeNull()
    expect((await stage.fake.state.pullRequests(REPOSITORY))[0]?.body).not.toMatch(/between us|before/)
    await pullwright.stop()
  })
})

it('goes beside a branch that a person committed to where its route says so', async () => {
  const clock = testClock()
  const pullwright = pullwrightOn(stage, [{ onForeignCommits: 'new-branch' }], { clock })
  await pullwright.emitter.emit('environment.deployed', deployment())
  await pullwright.drain()
  await stage.fake.state.commit({ repository: REPOSITORY, branch: BRANCH, files: { [FILE]: '{}\n' }, author: 'jane' })
  const { id } = await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16 }))
  await pullwright.drain()
  expect(await read(BRANCH)).toEqual({})
  expect((await pullwright.deployments.get(id)).pullRequests).toMatchObject([{ number: 2, outcome: 'created' }])
  await pullwright.stop()
})
