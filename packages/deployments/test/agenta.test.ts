import { createTransport } from '@pullwright/core'
import { type FakeAgenta, fakeAgenta } from '@pullwright/testkit'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { agentaWayBack } from '../../agenta/src/index.ts'
import { FILE, type GitStage, gitStage, merge } from './git-stage.ts'
import { deployment, REPOSITORY } from './harness.ts'

const API_KEY = 'key-of-a-project'
const PLACE = { app: 'support-bot', variant: 'v2' }
const FIRST = { model: 'gpt-4', temperature: 0.5 }
const transport = createTransport()

let agenta: FakeAgenta
let stage: GitStage

/** Version 1 runs in production, and Git documents it. */
beforeEach(async () => {
  agenta = await fakeAgenta({ secret: 'secret', apiKey: API_KEY })
  agenta.commitEnvironment({ deploy: [agenta.commitRevision({ ...PLACE, parameters: FIRST })] })
  stage = await gitStage({ gitops: agentaWayBack({ apiKey: API_KEY, baseUrl: agenta.url, transport }) })
  await stage.emit('environment.deployed', deployment({ revision: 1, config: FIRST }))
  await merge(stage, 1)
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.close()
  await agenta.close()
})
afterAll(() => transport.close())

const runs = () => agentaWayBack({ apiKey: API_KEY, baseUrl: agenta.url, transport })
const inProduction = () => {
  const at = { app: 'support-bot', environment: 'production' }
  return runs().readConfig(at, { signal: new AbortController().signal })
}

async function expectToldOn(number: number, commit: string) {
  const { comments } = await stage.fake.state.pullRequest(REPOSITORY, number)
  expect(comments.filter(({ body }) => body.includes('is deployed'))).toHaveLength(1)
  expect(stage.fake.state.checkRuns(REPOSITORY)).toContainEqual(
    expect.objectContaining({ sha: commit, name: 'Deployment to production', conclusion: 'SUCCESS' }),
  )
  expect(stage.fake.state.deployments(REPOSITORY)).toContainEqual(
    expect.objectContaining({
      sha: commit,
      environment: 'production',
      statuses: expect.arrayContaining([expect.objectContaining({ state: 'success' })]),
    }),
  )
}

it('a merged proposal deploys its revision in Agenta, and check, comment and Deployment say so', async () => {
  const second = { ...FIRST, temperature: 0.2 }
  agenta.commitRevision({ ...PLACE, parameters: second })
  await stage.emit('deployment.proposed', deployment({ revision: 2, deployment_id: 'dep_2', config: second }))
  expect(await inProduction()).toMatchObject({ revision: 1 })
  const commit = await merge(stage, 2)
  expect(await inProduction()).toEqual({ revision: 2, config: second })
  expect(agenta.revisions).toHaveLength(2)
  await expectToldOn(2, commit)
})

it('an edited file becomes a revision in Agenta first, which is then deployed', async () => {
  const text = (await stage.fake.state.file(REPOSITORY, FILE)) ?? ''
  const files = { [FILE]: text.replace('0.5', '0.3') }
  await stage.fake.state.commit({ repository: REPOSITORY, branch: 'cooler', files })
  const { number } = await stage.fake.state.openPullRequest(REPOSITORY, { head: 'cooler', title: 'Cooler', by: 'joe' })
  const commit = await merge(stage, number)
  expect(agenta.revisions.at(-1)).toMatchObject({ version: '2', message: 'Cooler', parameters: { temperature: 0.3 } })
  expect(await inProduction()).toEqual({ revision: 2, config: { ...FIRST, temperature: 0.3 } })
  await expectToldOn(number, commit)
})

it('what Agenta lost the answer to is made and deployed once', async () => {
  agenta.fail({ match: ({ path }) => path.endsWith('/commit'), times: 1, status: 502, afterEffect: true })
  const text = (await stage.fake.state.file(REPOSITORY, FILE)) ?? ''
  const files = { [FILE]: text.replace('0.5', '0.3') }
  await stage.fake.state.commit({ repository: REPOSITORY, branch: 'cooler', files })
  const { number } = await stage.fake.state.openPullRequest(REPOSITORY, { head: 'cooler', title: 'Cooler', by: 'joe' })
  await merge(stage, number)
  stage.clock.advance(60 * 60_000)
  await stage.pullwright.drain()
  expect(agenta.revisions).toHaveLength(2)
  expect(await inProduction()).toMatchObject({ revision: 2 })
})
