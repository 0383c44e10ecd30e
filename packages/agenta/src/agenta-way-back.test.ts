import { createTransport } from '@pullwright/core'
import { type FakeAgenta, fakeAgenta } from '@pullwright/testkit'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { agenta } from './agenta.ts'
import { agentaWayBack } from './agenta-way-back.ts'

const API_KEY = 'key-of-a-project'
const PARAMETERS = { prompt: { llm_config: { model: 'gpt-4', temperature: 0.7 } } }
const PLACE = { app: 'support-bot', environment: 'production' }
const transport = createTransport()
const call = { signal: new AbortController().signal }

let fake: FakeAgenta

beforeEach(async () => {
  fake = await fakeAgenta({ secret: 'secret', apiKey: API_KEY })
})
afterEach(() => fake.close())
afterAll(() => transport.close())

const wayBack = (apiKey = API_KEY) => agentaWayBack({ apiKey, baseUrl: fake.url, transport })
const asked = (revision: number) => ({
  ...{ ...PLACE, revision, variant: 'v2' },
  pullRequest: { url: 'https://github.com/acme/prompts/pull/7' },
})

function twoRevisions() {
  const [first] = [0.7, 0.2].map((temperature) =>
    fake.commitRevision({ app: 'support-bot', variant: 'v2', parameters: { temperature } }),
  )
  if (first === undefined) throw new Error('There is no revision')
  fake.commitEnvironment({ deploy: [first] })
}

it('deploys the revision that a pull request names', async () => {
  twoRevisions()
  expect(await wayBack().currentRevision(PLACE, call)).toBe(1)
  expect(await wayBack().deploy(asked(2), call)).toEqual({ status: 'succeeded' })
  expect(await wayBack().currentRevision(PLACE, call)).toBe(2)
  expect(fake.requests.findLast(({ path }) => path.endsWith('/deploy'))?.body).toContain('acme/prompts/pull/7')
})

it('is there in agenta() too, and deploys nothing twice', async () => {
  twoRevisions()
  const host = agenta({ secret: 'secret', apiKey: API_KEY, baseUrl: fake.url, transport })
  expect(await host.deploy(asked(2), call)).toEqual({ status: 'succeeded' })
  expect(await host.deploy(asked(2), call)).toEqual({ status: 'succeeded' })
  expect(await host.readConfig(PLACE, call)).toEqual({ config: { temperature: 0.2 }, revision: 2 })
  expect(fake.requests.filter(({ path }) => path.endsWith('/deploy'))).toHaveLength(1)
  const keyless = agenta({ secret: 'secret', baseUrl: fake.url, transport })
  await expect(keyless.deploy(asked(2), call)).rejects.toMatchObject({ code: 'configuration' })
})

it('says of a revision that is not there that it failed', async () => {
  twoRevisions()
  expect(await wayBack().deploy(asked(9), call)).toEqual({
    status: 'failed',
    message: expect.stringContaining('version 9 of v2'),
  })
})

it('lets what may work later be tried again', async () => {
  twoRevisions()
  fake.fail({ times: 1, status: 503 })
  await expect(wayBack().deploy(asked(2), call)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(wayBack('another').deploy(asked(2), call)).rejects.toMatchObject({ code: 'auth' })
})

it('makes a new revision of what was edited, from what runs', async () => {
  const running = fake.commitRevision({ app: 'support-bot', variant: 'v2', parameters: PARAMETERS })
  fake.commitEnvironment({ deploy: [running] })
  expect(await wayBack().readConfig(PLACE, call)).toEqual({ config: PARAMETERS, revision: 1 })
  const edit = { ...PLACE, baseRevision: 1, config: { prompt: {} }, message: 'Calmer' }
  expect(await wayBack().commitRevision(edit, call)).toEqual({ revision: 2 })
  expect(fake.revisions.at(-1)).toMatchObject({
    parameters: { prompt: {} },
    message: 'Calmer',
    variant: { slug: 'v2' },
  })
  await expect(wayBack().commitRevision({ ...edit, baseRevision: 7 }, call)).rejects.toMatchObject({ code: 'conflict' })
})

it('finds its own revision where the answer to an earlier try was lost, and makes no second one', async () => {
  const running = fake.commitRevision({ app: 'support-bot', variant: 'v2', parameters: PARAMETERS })
  fake.commitEnvironment({ deploy: [running] })
  const edit = { ...PLACE, baseRevision: 1, config: { prompt: {}, tools: [] }, message: 'Calmer' }
  fake.fail({ match: ({ path }) => path.endsWith('/commit'), times: 1, status: 502, afterEffect: true })
  await expect(wayBack().commitRevision(edit, call)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await wayBack().commitRevision(edit, call)).toEqual({ revision: 2 })
  expect(fake.revisions).toHaveLength(2)
  const another = { ...edit, config: { prompt: {} } }
  expect(await wayBack().commitRevision(another, call)).toEqual({ revision: 3 })
})

it('knows where nothing runs', async () => {
  expect(await wayBack().currentRevision(PLACE, call)).toBeNull()
  expect(await wayBack().readConfig(PLACE, call)).toBeNull()
})

it('is refused without a key', () => {
  expect(() => agentaWayBack({ apiKey: undefined })).toThrow(/apiKey/)
})
