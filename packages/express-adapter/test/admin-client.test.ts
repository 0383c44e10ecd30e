import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Capability, createPullwright, generateKey, memoryStore, type Plugin, type Vcs } from '@pullwright/core'
import { createClient, isPullwrightError, type PullwrightApiError } from '@pullwright/core/client'
import express, { type Express } from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pullwrightExpress } from '../src/index.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const closing: (() => Promise<unknown>)[] = []

const inspected = {
  ...{ repository: 'acme/prompts', ok: true, defaultBranch: 'main', visibility: 'private', missing: [], problems: [] },
  ...{ autoMergeAllowed: true, mergeMethods: ['squash'], credentialExpiresAt: Date.UTC(2027, 0, 1) },
}
const forge = {
  ...{ apiVersion: 1, name: 'forge', capabilities: async () => ({}), inspect: async () => inspected },
  connect: () => forge,
} as unknown as Vcs

const plugin: Plugin = {
  apiVersion: 1,
  name: 'publisher',
  sources: [{ name: 'probe', verify: () => ({ ok: true }), deliveryId: () => null, normalise: () => [] }],
  policies: [{ name: 'careful', title: 'Be careful', check: () => ({ verdict: 'pass' }) }],
  handlers: {
    publish: {
      on: ['environment.deployed'],
      run: ({ done }) =>
        done({
          outcome: 'created',
          pull_request: { vcs: 'forge', repository: 'acme/prompts', number: 7, url: 'https://forge.example/7' },
          steps: { branch: { status: 'applied' } },
        }),
    },
  },
}

const deployed = { app_name: 'bot', variant_name: 'v', environment: 'production', deployed_by: 'ada', config: { a: 1 } }

const pullwright = createPullwright({
  ...{ store: memoryStore(), plugins: [plugin], vcs: [forge], logger: silent, key: generateKey() },
  egress: { allowHttp: true, allow: ['127.0.0.1'] },
})

/** Sessions are the framework's: they stand on Express's own request. */
function authorize(_request: Request, native: unknown) {
  const { session } = native as { session?: { user: string; capabilities: Capability[] } }
  return session ? { subject: session.user, project: 'acme', capabilities: session.capabilities } : null
}

const app = express()
app.use((request, _response, next) => {
  const user = request.headers['x-user']
  const capabilities = String(request.headers['x-may'] ?? 'view,manage,retry,approve').split(',')
  next(Object.assign(request, user === undefined ? {} : { session: { user, capabilities } }) && undefined)
})
const tenant = express.Router()
tenant.use('/pullwright', pullwrightExpress(pullwright, { authorize, admin: true }))
app.use('/apps/deep', tenant)

let receiver = { url: '', status: 204 }
let baseUrl = ''

async function listen(target: Express): Promise<string> {
  const server = createServer(target).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  baseUrl = `${await listen(app)}/apps/deep/pullwright/`
  const sink = express().use((_request, response) => void response.status(receiver.status).end())
  receiver = { url: `${await listen(sink)}/in`, status: 204 }
})

afterAll(async () => {
  await pullwright.stop()
  for (const close of closing) await close()
})

/** Every operation that was asked for, as `METHOD /path/{id}`. */
const asked = new Set<string>()

function clientFor(headers: Record<string, string> = { 'x-user': 'ada' }) {
  const spy = (url: string, init: RequestInit) => {
    const [, path = ''] = new URL(url).pathname.split('/api/v1')
    asked.add(`${init.method} ${path.replace(/\/(end|dlv|tsk|evt|int|job)_[^/]+/, '/{id}')}`)
    return fetch(url, init)
  }
  // Known only once the server listens.
  return createClient({
    ...{ headers, fetch: spy },
    get baseUrl() {
      return baseUrl
    },
  })
}

describe('the client, over a mounted server', () => {
  const client = clientFor()

  it('makes, reads, changes and removes endpoints', async () => {
    const made = await client.endpoints.create({ url: receiver.url, events: ['*'] }, { idempotencyKey: 'k' })
    expect((await client.endpoints.create({ url: receiver.url, events: ['*'] }, { idempotencyKey: 'k' })).secret).toBe(
      made.secret,
    )
    const changed = await client.endpoints.update(made.id, { name: 'CI' }, { version: made.version })
    expect([changed.name, changed.version]).toEqual(['CI', 2])
    await expect(client.endpoints.update(made.id, { name: 'x' }, { version: 1 })).rejects.toMatchObject({
      code: 'version-mismatch',
      status: 412,
    })
    expect((await client.endpoints.get(made.id)).name).toBe('CI')
    expect((await client.endpoints.health(made.id)).status).toBe('healthy')
    expect((await client.endpoints.rotateSecret(made.id)).secret).not.toBe(made.secret)
    expect((await client.endpoints.disable(made.id, { reason: 'noise' })).enabled).toBe(false)
    expect((await client.endpoints.enable(made.id)).enabled).toBe(true)
    expect((await client.endpoints.test(made.id)).ok).toBe(true)
    expect((await client.endpoints.testDraft({ url: receiver.url })).status).toBe(204)
    expect(await client.endpoints.remove(made.id, { version: '*' })).toBeUndefined()
    expect((await client.endpoints.list()).data).toEqual([])
  })

  it('follows a deployment to its pull request and its deliveries', async () => {
    receiver.status = 400
    const endpoint = await client.endpoints.create({ url: receiver.url, events: ['environment.deployed'] })
    const { emitter } = pullwright.as({ project: 'acme' })
    for (let revision = 1; revision <= 3; revision++)
      await emitter.emit('environment.deployed', { ...deployed, revision })
    await pullwright.drain()

    const revisions: unknown[] = []
    for await (const { revision } of client.deployments.list({ limit: 1 })) revisions.push(revision)
    expect(revisions).toEqual([3, 2, 1])
    const [newest] = (await client.deployments.list({ app: 'bot' })).data
    expect(newest?.pull_requests).toMatchObject([
      { number: 7, outcome: 'created', steps: { branch: { status: 'applied' } } },
    ])
    expect((await client.deployments.pullRequests(newest?.id ?? '')).data).toEqual(newest?.pull_requests)
    const { event, events, tasks } = await client.deployments.get(newest?.id ?? '')
    expect([event.data, events.length, tasks.length]).toMatchObject([{ app_name: 'bot' }, 2, 2])

    const dead = (await client.deliveries.list({ endpoint: endpoint.id, status: ['dead'] })).data
    expect(dead).toHaveLength(3)
    const id = dead[0]?.id ?? ''
    expect((await client.deliveries.get(id)).history).toEqual((await client.deliveries.attempts(id)).data)
    receiver.status = 204
    expect((await client.deliveries.retry(id)).status).toBe('pending')
    const job = await client.deliveries.recover({ endpoint: endpoint.id, since: '2020-01-01T00:00:00Z' })
    await pullwright.drain()
    expect(await client.jobs.get(job.id)).toMatchObject({ status: 'done', recovered: 2 })
    expect((await client.deliveries.list({ status: ['done'] })).data).toHaveLength(3)
  })

  it('shows events, their types, and tasks', async () => {
    const [event] = (await client.events.list({ type: ['environment.deployed'], limit: 1 })).data
    expect((await client.events.get(event?.id ?? '')).type).toBe('environment.deployed')
    expect((await client.eventTypes.list()).data.map(({ type }) => type)).toContain('environment.deployed')
    const [task] = (await client.tasks.list({ handler: 'publisher/publish' })).data
    expect(task?.result).toMatchObject({ outcome: 'created' })
    expect((await client.tasks.attempts(task?.id ?? '')).data).toHaveLength(1)
    expect((await client.tasks.retry(task?.id ?? '')).status).toBe('pending')
    expect((await client.tasks.cancel(task?.id ?? '')).status).toBe('cancelled')
    expect((await client.tasks.get(task?.id ?? '')).history).toHaveLength(1)
  })

  it('makes, tests, changes and removes integrations, and never shows a credential', async () => {
    const draft = { vcs: 'forge', repository: 'acme/prompts', credential: 'hush', rules: { pull_request: true } }
    expect((await client.integrations.testDraft(draft)).credential_expires_at).toBe('2027-01-01T00:00:00.000Z')
    const made = await client.integrations.create(draft)
    expect(JSON.stringify(made)).not.toMatch('hush')
    expect((await client.integrations.list()).data).toEqual([made])
    expect(await client.integrations.get(made.id)).toEqual(made)
    const rules = { pull_request: false, on_foreign_commits: 'fail' as const }
    expect((await client.integrations.update(made.id, { rules }, { version: 1 })).rules).toEqual(rules)
    expect((await client.integrations.test(made.id)).merge_methods).toEqual(['squash'])
    await client.integrations.remove(made.id)
  })

  it('shows sources, policies, the audit log and the process', async () => {
    expect((await client.sources.list()).data).toMatchObject([{ name: 'probe', path: '/hooks/probe' }])
    expect((await client.policies.list()).data).toEqual([{ name: 'careful', title: 'Be careful' }])
    const actions: string[] = []
    for await (const { action, actor } of client.audit.list({ limit: 2 })) actions.push(`${actor} ${action}`)
    expect(actions.slice(0, 2)).toEqual(['ada endpoint.create', 'ada endpoint.update'])
    expect(await client.audit.verify()).toMatchObject({ ok: true, count: actions.length })
    expect((await client.audit.export({ format: 'csv' })).split('\r\n')).toHaveLength(actions.length + 2)
    expect(await client.service.health()).toEqual({ status: 'ok' })
    expect((await client.service.ready()).status).toBe('ready')
  })

  it('throws what the problem says', async () => {
    const strange = await clientFor({})
      .events.list()
      .then(
        () => null,
        (error: unknown) => error as PullwrightApiError,
      )
    expect(isPullwrightError(strange)).toBe(true)
    expect(strange).toMatchObject({ code: 'unauthorized', status: 401 })
    await expect(clientFor({ 'x-user': 'eve', 'x-may': 'view' }).tasks.cancel('tsk_1')).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(client.endpoints.create({ url: 'nonsense', events: [] })).rejects.toMatchObject({
      problem: { errors: [{ path: 'url' }, { path: 'events' }] },
    })
    await expect(client.endpoints.get('')).rejects.toThrow(/Give the id/)
    const nowhere = createClient({ baseUrl: 'http://127.0.0.1:1' })
    await expect(nowhere.service.health()).rejects.toMatchObject({ code: 'transport' })
    const elsewhere = createClient({ baseUrl: new URL(baseUrl).origin })
    await expect(elsewhere.service.health()).rejects.toMatchObject({ code: 'unexpected', status: 404 })
  })

  it.each<[string, number, Record<string, string>, string, object]>([
    ['a page to sign in at', 200, { 'content-type': 'text/html' }, '<html>', { code: 'unexpected', status: 200 }],
    ['half an answer', 200, { 'content-type': 'application/json' }, '{"id"', { code: 'unexpected', status: 200 }],
    ['nothing', 200, {}, '', { code: 'unexpected', status: 200 }],
    ['a proxy', 502, { 'retry-after': '7' }, 'Bad Gateway', { code: 'unexpected', status: 502, retryAfter: 7 }],
    ['JSON of another', 500, {}, '{"code":"E1"}', { code: 'unexpected', status: 500 }],
    ['a pause until a date', 503, { 'retry-after': new Date(0).toUTCString() }, '', { status: 503, retryAfter: 0 }],
  ])('knows %s from Pullwright’s own answers', async (_what, status, headers, body, expected) => {
    const { endpoints, audit } = createClient({ baseUrl, fetch: async () => new Response(body, { status, headers }) })
    for (const asked of [endpoints.get('end_1'), endpoints.list(), audit.export()]) {
      const error: unknown = await Promise.resolve(asked).catch((reason: unknown) => reason)
      expect(isPullwrightError(error)).toBe(true)
      expect(error).toMatchObject(expected)
    }
  })

  it('says that there is no answer where the line broke in the middle of one', async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"id"'))
        controller.error(new TypeError('terminated'))
      },
    })
    const headers = { 'content-type': 'application/json' }
    const { endpoints } = createClient({ baseUrl, fetch: async () => new Response(broken, { headers }) })
    await expect(endpoints.get('end_1')).rejects.toMatchObject({ code: 'transport', name: 'PullwrightError' })
  })

  it('has asked for every operation of the OpenAPI document', async () => {
    const { paths } = (await client.service.openapi()) as { paths: Record<string, object> }
    const named = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(named.length).toBeGreaterThan(40)
    expect(named.filter((operation) => !asked.has(operation))).toEqual([])
  })
})

describe('the admin API behind a body parser', () => {
  it.each([
    ['express.json()', express.json()],
    ['express.raw()', express.raw({ type: () => true })],
  ])('takes what %s made of the body', async (_name, parser) => {
    const url = await listen(
      express()
        .use(parser)
        .use(pullwrightExpress(pullwright, { authorize: () => caller })),
    )
    const caller = { subject: 'ada', project: 'acme', capabilities: ['manage'] as const }
    const made = await createClient({ baseUrl: url }).endpoints.create({ url: receiver.url, events: ['*'], name: 'ü' })
    expect(made.name).toBe('ü')
  })

  it('names the line to change where nothing is left of the body', async () => {
    const authorize = () => ({ subject: 'ada', project: 'acme', capabilities: ['manage'] as const })
    const app = express()
      .use(express.text({ type: () => true }))
      .use(pullwrightExpress(pullwright, { authorize }))
    const client = createClient({ baseUrl: await listen(app) })
    await expect(client.endpoints.create({ url: receiver.url, events: ['*'] })).rejects.toMatchObject({
      code: 'body-consumed',
      message: expect.stringMatching(/before `app.use\(express.json\(\)\)`/),
    })
  })
})
