import { createPullwright, generateKey, type JsonValue, memoryStore } from '@pullwright/core'
import { github } from '@pullwright/github'
import { type FakeGitHub, fakeGitHub } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ConfigEdit, type DeployRequest, deploymentPullRequests, gitops, reconcile } from '../src/index.ts'
import { deployment, memoryLogger, REPOSITORY, testClock } from './harness.ts'

const WEBHOOK_SECRET = ['webhook', 's'.repeat(24)].join('-')
const FILE = 'deployments/support-bot/production.json'
const RAW = {
  ...{ model: 'gpt-4', temperature: 0.5, owner: 'jane@example.com', internal_note: 'only for us' },
  system_prompt: 'Ask jane@example.com first.',
}

let fake: FakeGitHub

beforeEach(async () => {
  fake = await fakeGitHub()
  await fake.state.createRepository({ owner: 'acme', name: 'prompts', private: true, collaborators: { jane: 'write' } })
})

afterEach(async () => {
  expect(fake.violations).toEqual([])
  await fake.close()
})

/** A host that hides more than the defaults, and names nobody in Git. */
function hosted({
  tenant = false,
  key,
  path = 'deployments/{{app}}/{{environment}}.json',
}: {
  tenant?: boolean
  key?: string
  path?: string
} = {}) {
  const token = fake.state.createToken({ kind: 'installation', user: 'pullwright' })
  const clock = testClock()
  const routes = tenant ? [] : [{ vcs: 'github', repository: REPOSITORY, pseudonymise: true, path }]
  const host = { revision: 15, config: RAW as JsonValue, edits: [] as ConfigEdit[], calls: [] as DeployRequest[] }
  const project = tenant ? 'shop' : 'default'
  const own = key === undefined ? {} : { pseudonymKey: key }
  const pullwright = createPullwright({
    ...{ store: memoryStore(), key: generateKey(), logger: memoryLogger(), clock },
    redaction: { keys: ['internal_*'], replacement: '***' },
    egress: { allowHttp: true, allow: ['127.0.0.1'] },
    vcs: [github({ auth: { token }, baseUrl: fake.url, webhookSecret: WEBHOOK_SECRET, writeSpacingMs: 0 })],
    plugins: [
      deploymentPullRequests({ routes, ...own }),
      gitops({
        ...{ routes, ...own },
        deploy(request) {
          host.calls.push(request)
          host.revision = Number(request.revision)
          return undefined
        },
        currentRevision: () => host.revision,
        readConfig: () => ({ config: host.config, revision: host.revision }),
        commitRevision(edit) {
          host.edits.push(edit)
          host.config = edit.config
          return { revision: Number(edit.baseRevision) + 1 }
        },
      }),
      reconcile({
        ...{ ...own, open: true, pollMs: false, ...(tenant ? {} : { routes }) },
        current: () => [
          {
            ...{ project, app: 'support-bot', environment: 'production', variant: 'v2' },
            ...{ revision: host.revision, config: host.config },
          },
        ],
      }),
    ],
  })
  const merge = async (number: number) => {
    await fake.state.mergePullRequest(REPOSITORY, number, { by: 'jane' })
    const order = { repository: REPOSITORY, secret: WEBHOOK_SECRET, number, action: 'closed', by: 'jane' }
    const { headers, body } = await fake.state.delivery('pull_request', order)
    const request = new Request('http://localhost/hooks/github', { method: 'POST', headers, body })
    expect((await pullwright.handler(request)).status).toBe(202)
    await pullwright.drain()
  }
  return {
    ...{ pullwright, clock, host, merge, token, project },
    async deployed(more: object = {}) {
      await pullwright.emitter.emit('environment.deployed', deployment({ config: RAW, ...more }), { project })
      await pullwright.drain()
    },
    async edit(change: (text: string) => string, branch = 'by-hand') {
      const text = (await fake.state.file(REPOSITORY, FILE)) ?? ''
      await fake.state.commit({ repository: REPOSITORY, branch, files: { [FILE]: change(text) } })
      const { number } = await fake.state.openPullRequest(REPOSITORY, { head: branch, title: 'Cooler', by: 'joe' })
      await merge(number)
      return fake.state.pullRequest(REPOSITORY, number)
    },
    told: async (type: string) =>
      (await pullwright.events.list({ project, types: [type] })).map(({ data }) => data as Record<string, unknown>),
  }
}

it.each([
  ['the project’s own key', {}],
  ['a key of the host’s', { key: 'k'.repeat(32) }],
])('with %s an edit keeps what the instance hides and whom a route does not name', async (_whose, key) => {
  const { pullwright, host, merge, deployed, edit } = hosted(key)
  await deployed()
  await merge(1)
  const file = (await fake.state.file(REPOSITORY, FILE)) ?? ''
  expect(JSON.parse(file).config).toMatchObject({ internal_note: '***', owner: expect.stringMatching(/^user-/) })
  await edit((text) => text.replace('0.5', '0.2'))
  expect(host.edits.map(({ config }) => config)).toEqual([{ ...RAW, temperature: 0.2 }])
  const { comments } = await edit((text) => text.replace(' first.', ' last.'), 'around')
  expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('`system_prompt` holds a hidden value')])
  await edit((text) => text.replace('"***"', '"something"'), 'mask')
  expect(host.edits).toHaveLength(1)
  await pullwright.stop()
})

it('a deployment made from a file is no drift, and opens nothing, though the file names the revision before it', async () => {
  const { pullwright, clock, host, merge, deployed, edit, told } = hosted()
  await deployed()
  await merge(1)
  await edit((text) => text.replace('0.5', '0.2'))
  await deployed({ revision: 16, deployment_id: 'dep_2', config: host.config })
  for (let hour = 0; hour < 3; hour++) {
    clock.advance(3_600_000)
    await pullwright.drain()
  }
  expect(await told('drift.detected')).toEqual([])
  expect(await fake.state.pullRequests(REPOSITORY)).toHaveLength(2)
  expect(host.calls).toHaveLength(1)
  host.config = { ...RAW, temperature: 0.9 }
  clock.advance(3_600_000)
  await pullwright.drain()
  expect(await told('drift.detected')).toMatchObject([{ kind: 'config', revision: 16 }])
  await pullwright.stop()
})

it('a tenant’s integration is spoken for by its own repository, and its own project is asked', async () => {
  const { pullwright, host, merge, deployed, edit, token } = hosted({ tenant: true })
  await pullwright.as({ project: 'shop', subject: 'tom', capabilities: ['manage'] }).integrations.create({
    ...{ vcs: 'github', baseUrl: fake.url, repository: REPOSITORY, credential: token },
    rules: { pseudonymise: true },
  })
  await deployed()
  await merge(1)
  const shown = JSON.parse((await fake.state.file(REPOSITORY, FILE)) ?? '').config.owner
  expect(await pullwright.privacy.reveal(shown, { project: 'shop' })).toBe('jane@example.com')
  await edit((text) => text.replace('0.5', '0.2'))
  expect(host.calls).toMatchObject([{ project: 'shop', app: 'support-bot', revision: 16, requestedBy: 'jane' }])
  expect(host.edits).toMatchObject([{ project: 'shop', config: { ...RAW, temperature: 0.2 } }])
  expect(fake.state.checkRuns(REPOSITORY)).toMatchObject([{ name: 'Deployment to production', conclusion: 'SUCCESS' }])
  await pullwright.stop()
})

it('a variant named by an address is not told by its pseudonym to whoever deploys', async () => {
  const { pullwright, host, merge, deployed, edit } = hosted()
  await deployed({ variant_name: 'jane@example.com' })
  await merge(1)
  await edit((text) => text.replace('0.5', '0.2'))
  expect(host.edits).toMatchObject([{ variant: null, config: { ...RAW, temperature: 0.2 } }])
  expect(host.calls).toMatchObject([{ revision: 16, variant: null }])
  await pullwright.stop()
})

it('an app named by an address is never deployed under its pseudonym', async () => {
  const { pullwright, host, merge, deployed } = hosted({ path: 'here/{{environment}}.json' })
  await deployed({ app_name: 'jane@example.com' })
  await merge(1)
  const file = (await fake.state.file(REPOSITORY, 'here/production.json')) ?? ''
  expect(JSON.parse(file).app_name).toMatch(/^user-/)
  const files = { 'here/production.json': file.replace('15', '14').replace('0.5', '0.2') }
  await fake.state.commit({ repository: REPOSITORY, branch: 'by-hand', files })
  await merge((await fake.state.openPullRequest(REPOSITORY, { head: 'by-hand', title: 'Back', by: 'joe' })).number)
  expect(host.calls).toEqual([])
  await pullwright.stop()
})
