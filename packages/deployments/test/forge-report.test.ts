import { afterEach, describe, expect, it } from 'vitest'
import { policies, type Route } from '../src/index.ts'
import { FILE, type GitStage, gitStage } from './git-stage.ts'
import { deployment, REPOSITORY } from './harness.ts'

let stage: GitStage

const open = async (route: Partial<Route>) => {
  stage = await gitStage({ routes: [route] })
}

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.close()
})

const runs = () => stage.fake.state.checkRuns(REPOSITORY)
const end = async (type: 'succeeded' | 'failed' | 'rolled_back', more: object = {}) => {
  const said = { app_name: 'support-bot', environment: 'production', deployment_id: 'dep_1', ...more }
  await stage.pullwright.emitter.emit(`deployment.${type}`, said)
  await stage.pullwright.drain()
}

describe('on a forge that has checks', () => {
  it('what a policy minds stands at its line', async () => {
    await open({ policies: [policies.allowedModels({ models: ['gpt-4'] })] })
    const config = { model: 'gpt-99', temperature: 0.5 }
    await stage.emit('environment.deployed', deployment({ config, url: 'https://host.test/dep_1' }))
    const [pr] = await stage.pullRequests()
    const text = (await stage.fake.state.file(REPOSITORY, FILE, pr?.headOid)) ?? ''
    const line = text.split('\n').findIndex((one) => one.includes('gpt-99')) + 1
    expect(line).toBeGreaterThan(1)
    expect(runs()).toMatchObject([
      {
        ...{ sha: pr?.headOid, name: 'Deployment to production', conclusion: 'FAILURE' },
        detailsUrl: 'https://host.test/dep_1',
        annotations: [{ path: FILE, line, level: 'failure' }],
      },
    ])
  })

  it('a block switches auto-merge off on a pull request that is open', async () => {
    await open({ autoMerge: 'squash', policies: [policies.commitMessage()] })
    stage.fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: { requiredChecks: ['ci'] } } })
    await stage.emit('environment.deployed', deployment())
    expect((await stage.pullRequests())[0]?.autoMerge).toMatchObject({ method: 'SQUASH' })
    await stage.emit('environment.deployed', deployment({ revision: 16, commit_message: null, deployment_id: 'dep_2' }))
    const [pr, ...others] = await stage.pullRequests()
    expect(others).toEqual([])
    expect(pr).toMatchObject({ autoMerge: null, body: expect.stringContaining('⛔') })
    expect(runs().at(-1)).toMatchObject({ sha: pr?.headOid, conclusion: 'FAILURE' })
  })
})

describe('the forge’s own record', () => {
  it.each([
    ['succeeded', 'success'],
    ['failed', 'failure'],
    ['rolled_back', 'inactive'],
  ] as const)('follows deployment.%s', async (type, state) => {
    await open({ report: { deployment: true, check: true } })
    await stage.emit('environment.deployed', deployment({ url: 'https://host.test/dep_1' }))
    const [pr] = await stage.pullRequests()
    const first = { state: 'success', environmentUrl: 'https://host.test/dep_1' }
    const record = { sha: pr?.headOid, environment: 'production', production: true }
    expect(stage.fake.state.deployments(REPOSITORY)).toMatchObject([{ ...record, statuses: [first] }])
    await end(type, { message: 'Said the host' })
    const [one, ...others] = stage.fake.state.deployments(REPOSITORY)
    expect(others).toEqual([])
    expect(one?.statuses.at(-1)).toMatchObject({ state })
    const conclusion = { succeeded: 'SUCCESS', failed: 'FAILURE', rolled_back: 'NEUTRAL' }[type]
    expect(runs()).toMatchObject([{ conclusion }])
  })

  it('is left alone where nothing is new', async () => {
    await open({ report: { deployment: true } })
    await stage.emit('environment.deployed', deployment())
    await end('succeeded')
    await end('succeeded')
    expect(stage.fake.state.deployments(REPOSITORY)[0]?.statuses).toHaveLength(1)
  })
})

describe('a deployment that failed before it had a pull request', () => {
  it('becomes one issue, where its route asks for that', async () => {
    await open({ report: { issue: true } })
    await end('failed', { deployment_id: 'dep_7', revision: 7, message: 'No quota left' })
    await end('failed', { deployment_id: 'dep_8', revision: 8, message: 'Still none' })
    expect(stage.fake.state.issues(REPOSITORY)).toMatchObject([
      { number: 1, state: 'open', author: 'pullwright[bot]', body: expect.stringContaining('Still none') },
    ])
    expect(await stage.pullRequests()).toEqual([])
  })

  it('becomes none where nobody asked, or where issues are switched off', async () => {
    await open({})
    await end('failed', { deployment_id: 'dep_7' })
    expect(stage.fake.state.issues(REPOSITORY)).toEqual([])
    await stage.close()
    await open({ report: { issue: true } })
    stage.fake.state.updateRepository(REPOSITORY, { hasIssues: false })
    await end('failed', { deployment_id: 'dep_7' })
    expect(stage.fake.state.issues(REPOSITORY)).toEqual([])
  })
})
