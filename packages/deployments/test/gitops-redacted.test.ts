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
function hosted({ tenant = false }: { tenant?: boolean } = {}) {
  const token = fake.state.createToken({ kind: 'installation', user: 'pullwright' })
  const clock = testClock()
  const routes = tenant ? [] : [{ vcs: 'github', repository: REPOSITORY, pseudonymise: true }]
  const host = { revision: 15, config: RAW as JsonValue, edits: [] as ConfigEdit[], calls: [] as DeployRequest[] }
  const project = tenant ? 'shop' : 'default'
  const pseudonymKey = 'k'.repeat(32)
  const pullwright = createPullwright({
    ...{ store: memoryStore(), key: generateKey(), logger: memoryLogger(), clock },
    redaction: { keys: ['internal_*'], replacement: '***' },
    egress: { allowHttp: true, allow: ['127.0.0.1'] },
    vcs: [github({ auth: { token }, baseUrl: fake.url, webhookSecret: WEBHOOK_SECRET, writeSpacingMs: 0 })],
    plugins: [
      deploymentPullRequests({ routes, pseudonymKey }),
      gitops({
        ...{ routes, pseudonymKey },
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
        ...{ pseudonymKey, open: true, pollMs: false, ...(tenant ? {} : { routes }) },
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

it('an edit keeps what the instance hides and whom a route does not name', async () => {
  const { pullwright, host, merge, deployed, edit } = hosted()
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
  })
  await deployed()
  await merge(1)
  await edit((text) => text.replace('0.5', '0.2'))
  expect(host.calls).toMatchObject([{ project: 'shop', app: 'support-bot', revision: 16, requestedBy: 'jane' }])
  expect(host.edits).toMatchObject([{ project: 'shop', config: { ...RAW, temperature: 0.2 } }])
  expect(fake.state.checkRuns(REPOSITORY)).toMatchObject([{ name: 'Deployment to production', conclusion: 'SUCCESS' }])
  await pullwright.stop()
})

it('gitops with pseudonyms and no key is refused at once', () => {
  const routes = [{ vcs: 'github', repository: REPOSITORY, pseudonymise: true }]
  expect(() => gitops({ routes, deploy: () => undefined })).toThrow(/pseudonymKey/)
  expect(() => reconcile({ routes })).toThrow(/pseudonymKey/)
})
