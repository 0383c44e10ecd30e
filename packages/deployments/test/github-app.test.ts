import { randomBytes } from 'node:crypto'
import { createPullwright, memoryStore, type Pullwright } from '@pullwright/core'
import { github, installationCredential } from '@pullwright/github'
import { type FakeGitHub, fakeGitHub } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deploymentPullRequests } from '../src/index.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const DEPLOYED = {
  app_name: 'support-bot',
  variant_name: 'v2',
  revision: 15,
  deployed_by: 'jane',
  config: { model: 'a' },
}

let fake: FakeGitHub
let pullwright: Pullwright
let installationId: number

beforeEach(async () => {
  fake = await fakeGitHub()
  for (const name of ['live', 'trial']) {
    await fake.state.createRepository({ owner: 'acme', name, private: true })
    await fake.state.createBranch(`acme/${name}`, 'develop')
  }
  const app = fake.state.createApp({ owner: 'acme' })
  installationId = app.installationId
  const auth = { appId: app.appId, privateKey: app.privateKey }
  pullwright = createPullwright({
    store: memoryStore(),
    key: randomBytes(32).toString('base64'),
    vcs: [github({ auth, baseUrl: fake.url, writeSpacingMs: 0 })],
    plugins: [deploymentPullRequests({ routes: [] })],
    logger: quiet,
  })
  const shop = pullwright.as({ project: 'shop', subject: 'tom', capabilities: ['manage'] })
  const credential = installationCredential(app, installationId)
  const connect = (repository: string, base: string, environment: string) =>
    shop.integrations.create({ vcs: 'github', repository, base, credential, rules: { when: { environment } } })
  await connect('acme/live', 'main', 'production')
  await connect('acme/trial', 'develop', 'staging')
})
afterEach(async () => {
  await pullwright.stop()
  await fake.close()
})

async function deploy(environment: string) {
  await pullwright.emitter.emit('environment.deployed', { ...DEPLOYED, environment }, { project: 'shop' })
  await pullwright.drain()
}

test('one installation serves several repositories of a project, each environment with its own branch', async () => {
  await deploy('production')
  await deploy('staging')
  const [live] = await fake.state.pullRequests('acme/live')
  const [trial] = await fake.state.pullRequests('acme/trial')
  expect(live).toMatchObject({ base: 'main', author: 'pullwright[bot]', title: expect.stringContaining('production') })
  expect(trial).toMatchObject({ base: 'develop', title: expect.stringContaining('staging') })
  expect(await fake.state.pullRequests('acme/live')).toHaveLength(1)
})

test('work for a suspended installation ends with a reason that says what to do', async () => {
  fake.state.suspendInstallation(installationId)
  await deploy('production')
  const tasks = await pullwright.tasks.list({ project: 'shop', statuses: ['dead', 'retrying', 'waiting'] })
  expect(tasks).toMatchObject([{ status: 'dead', reason: expect.stringMatching(/is suspended.*unsuspends it/) }])
  expect(await fake.state.pullRequests('acme/live')).toEqual([])
})
