import { afterEach, describe, expect, test } from 'vitest'
import { type Audit, createAudit } from '../audit/audit.ts'
import { isPullwrightError, type PullwrightError } from '../errors.ts'
import { createEgressGuard } from '../http/egress-guard.ts'
import { startSink } from '../http/test-sink.ts'
import { createTransport } from '../http/transport.ts'
import { memoryStore } from '../memory/memory-store.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { createSecretBox, generateKey } from '../secrets/secret-box.ts'
import { generateSecret, verifyWebhook } from '../signing/index.ts'
import { createEndpoints, type EndpointsParts } from './endpoints.ts'
import { planDelivery } from './plan.ts'
import { anEvent, record, START, stillClock } from './test-records.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

const URL_OK = 'https://receiver.test/hook'
const DRAFT = { url: URL_OK, events: ['environment.deployed'] }

function world(more: Partial<EndpointsParts> = {}) {
  const store = memoryStore()
  const clock = stillClock()
  const guard = createEgressGuard({ allowHttp: true, allow: ['127.0.0.1'] })
  const transport = createTransport({ guard })
  open.unshift(transport)
  const audited: { action: string }[] = []
  const log = createAudit({ store, clock })
  const audit: Pick<Audit, 'record'> = {
    record(entry) {
      audited.push(entry)
      return log.record(entry)
    },
  }
  const parts = {
    store,
    clock,
    guard,
    transport,
    redactor: createRedactor(),
    secretBox: createSecretBox(generateKey()),
    audit,
    ...more,
  }
  return { store, clock, parts, audited, endpoints: createEndpoints(parts) }
}

async function errorOf(promise: Promise<unknown>): Promise<PullwrightError<string>> {
  try {
    await promise
  } catch (error) {
    if (isPullwrightError(error)) return error
    throw error
  }
  throw new Error('expected an error')
}

describe('create', () => {
  test('answers the endpoint with its defaults, and the secret once', async () => {
    const { endpoints } = world()
    const { secret, ...endpoint } = await endpoints.create(DRAFT)
    expect(secret).toMatch(/^whsec_/)
    expect(endpoint).toMatchObject({
      project: 'default',
      version: 1,
      url: URL_OK,
      events: ['environment.deployed'],
      enabled: true,
      scheme: 'standard',
      schemes: ['standard'],
      ordering: 'none',
      retry: 'default',
      payload: { mode: 'full', maxBytes: 262_144 },
      timeoutMs: 15_000,
      createdAt: START,
    })
    expect(await endpoints.get(endpoint.id)).toEqual(endpoint)
    expect(JSON.stringify([await endpoints.get(endpoint.id), await endpoints.list()])).not.toContain(secret)
  })

  test('takes everything an endpoint can be told', async () => {
    const { endpoints } = world()
    const secret = generateSecret()
    const made = await endpoints.create({
      ...DRAFT,
      project: 'acme',
      name: 'Deployments',
      description: 'To the bot',
      secret,
      scheme: ['standard', 'agenta', 'standard'],
      headers: { 'X-Team': 'prompts', Authorization: 'Bearer hunter2' },
      filter: { environment: 'production', app: ['a', 'b'], attributes: { tier: 'gold' } },
      ordering: 'key',
      rateLimit: { perSecond: 5 },
      concurrency: 2,
      retry: { delays: [1_000, 2_000], jitter: 0 },
      retryOn: [404],
      payload: { mode: 'full', include: ['config'], fields: ['app_name'], maxBytes: 20_000 },
      timeoutMs: 5_000,
    })
    expect(made).toMatchObject({
      project: 'acme',
      name: 'Deployments',
      secret,
      schemes: ['standard', 'agenta'],
      headers: { 'X-Team': 'prompts', Authorization: '[REDACTED]' },
      filter: { environment: ['production'], app: ['a', 'b'], attributes: { tier: ['gold'] } },
      ordering: 'key',
      rateLimit: { perSecond: 5 },
      concurrency: 2,
      retry: { delays: [1_000, 2_000], jitter: 0 },
      payload: { mode: 'full', include: ['config'], fields: ['app_name'], maxBytes: 20_000 },
    })
    expect(JSON.stringify(made)).not.toContain('hunter2')
  })

  const mistakes: [string, object, string][] = [
    ['no URL', { url: undefined }, 'url'],
    ['a relative URL', { url: '/hook' }, 'url'],
    ['another scheme', { url: 'ftp://receiver.test/' }, 'url'],
    ['no events', { events: [] }, 'events'],
    ['an empty event type', { events: [''] }, 'events[0]'],
    ['a half wildcard', { events: ['*', 'environ*'] }, 'events[1]'],
    ['a system header', { headers: { 'Content-Type': 'text/plain' } }, 'headers.Content-Type'],
    ['a header of a scheme', { headers: { 'X-Hub-Signature-256': 'x' } }, 'headers.X-Hub-Signature-256'],
    ['a webhook header', { headers: { 'webhook-id': 'x' } }, 'headers.webhook-id'],
    ['a header with a line break', { headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers.X-A'],
    ['a header name with a space', { headers: { 'X A': 'a' } }, 'headers["X A"]'],
    ['a header twice', { headers: { 'X-A': '1', 'x-a': '2' } }, 'headers.x-a'],
    ['an unknown scheme', { scheme: 'rot13' }, 'scheme'],
    ['a scheme beside others', { scheme: 'standard', schemes: ['agenta', 'standard'] }, 'scheme'],
    ['a retry of what says never again', { retryOn: [410] }, 'retryOn[0]'],
    ['an unknown preset', { retry: 'forever' }, 'retry'],
    ['a retry that never ends', { retry: { base: -1 } }, 'retry'],
    ['a misspelt retry', { retry: { attemps: 3 } }, 'retry'],
    ['a rate of nothing', { rateLimit: { perSecond: 0 } }, 'rateLimit.perSecond'],
    ['a wrong filter', { filter: { environment: [] } }, 'filter.environment'],
    ['a misspelt option', { filters: {} }, ''],
    ['a secret that does not fit its scheme', { secret: '!!' }, 'secret'],
    ['an authorization secret with a line break', { scheme: 'authorization', secret: 'a\nb' }, 'secret'],
  ]
  test.each(mistakes)('refuses %s, named by path', async (_name, mistake, path) => {
    const { endpoints, store } = world()
    const error = await errorOf(endpoints.create({ ...DRAFT, ...mistake }))
    expect(error.code).toBe('invalid-argument')
    expect(error.problems.map((problem) => problem.path)).toContain(path)
    expect(await store.endpoints.list()).toEqual([])
  })

  test('names every problem at once', async () => {
    const error = await errorOf(world().endpoints.create({ url: 'x', events: [], timeoutMs: 1 }))
    expect(error.problems.map(({ path }) => path).sort()).toEqual(['events', 'timeoutMs', 'url'])
  })

  test.each([
    'https://10.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://user:pw@receiver.test/',
    'https://169.254.169.254/',
  ])('refuses %s at once, without DNS', async (url) => {
    const { endpoints, store } = world({ guard: createEgressGuard() })
    const error = await errorOf(endpoints.create({ ...DRAFT, url }))
    expect(error.code).toBe('egress-blocked')
    expect(await store.endpoints.list()).toEqual([])
  })

  test('http is refused unless it is allowed', async () => {
    const { endpoints } = world({ guard: createEgressGuard() })
    expect((await errorOf(endpoints.create({ ...DRAFT, url: 'http://receiver.test/' }))).code).toBe('egress-blocked')
  })

  test('without a key says how to get one, and stores nothing', async () => {
    const { parts, store } = world()
    const { secretBox: _box, ...keyless } = parts
    const error = await errorOf(createEndpoints(keyless).create(DRAFT))
    expect(error.code).toBe('key-required')
    expect(error.message).toContain('openssl rand -base64 32')
    expect(await store.endpoints.list()).toEqual([])
  })
})

describe('change', () => {
  test('update changes what is named and leaves the rest', async () => {
    const { endpoints, clock } = world()
    const made = await endpoints.create({ ...DRAFT, name: 'one', timeoutMs: 5_000, headers: { 'X-A': 'one' } })
    clock.at += 10
    const updated = await endpoints.update(made.id, { events: ['*'], name: null, filter: { app: 'bot' } })
    expect(updated).toMatchObject({ version: 2, updatedAt: START + 10, name: null, events: ['*'], timeoutMs: 5_000 })
    expect(updated.filter.app).toEqual(['bot'])
    expect(updated.headers).toEqual({ 'X-A': 'one' })
    expect(updated.url).toBe(URL_OK)
  })

  test('a version that was read and is old is a conflict', async () => {
    const { endpoints } = world()
    const made = await endpoints.create(DRAFT)
    await endpoints.update(made.id, { name: 'first', version: 1 })
    expect((await errorOf(endpoints.update(made.id, { name: 'second', version: 1 }))).code).toBe('conflict')
    expect((await endpoints.get(made.id)).name).toBe('first')
  })

  test('two updates at the same moment: one wins, the other is told', async () => {
    const { endpoints } = world()
    const made = await endpoints.create(DRAFT)
    const results = await Promise.allSettled(
      [1, 2].map((n) => endpoints.update(made.id, { name: `name ${n}`, version: 1 })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('a header shown hidden and sent back keeps its value', async () => {
    const { url, received, close } = await startSink()
    open.push({ close })
    const { endpoints } = world()
    const made = await endpoints.create({ ...DRAFT, url, headers: { Authorization: 'Bearer one', 'X-A': 'a' } })
    const shown = await endpoints.get(made.id)
    await endpoints.update(made.id, { headers: { ...shown.headers, 'X-A': 'b' } })
    await endpoints.test(made.id)
    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer one', 'x-a': 'b' })
  })

  test('a wrong URL, header or scheme is refused in an update too', async () => {
    const { endpoints } = world()
    const { id } = await endpoints.create({ ...DRAFT, scheme: 'agenta', secret: 'not base64 at all' })
    expect((await errorOf(endpoints.update(id, { url: 'https://10.0.0.1/' }))).code).toBe('egress-blocked')
    expect((await errorOf(endpoints.update(id, { headers: { host: 'x' } }))).code).toBe('invalid-argument')
    expect((await errorOf(endpoints.update(id, { scheme: 'standard' }))).problems[0]?.path).toBe('secret')
    expect((await endpoints.get(id)).version).toBe(1)
  })

  test('schemes are given back as they are shown, and none is lost', async () => {
    const { endpoints } = world()
    const made = await endpoints.create({ ...DRAFT, schemes: ['standard', 'agenta'] })
    const { scheme, schemes } = await endpoints.get(made.id)
    expect((await endpoints.update(made.id, { scheme, schemes })).schemes).toEqual(['standard', 'agenta'])
  })

  test.each([
    ['remove', { versoin: 1 }],
    ['remove', { version: '1' }],
    ['enable', { force: true }],
    ['disable', { reason: 3 }],
    ['disable', { because: 'maintenance' }],
  ] as const)('%s refuses options that are none, and changes nothing: %j', async (verb, options) => {
    const { endpoints } = world()
    const { id } = await endpoints.create(DRAFT)
    expect((await errorOf(endpoints[verb](id, options as object))).code).toBe('invalid-argument')
    expect(await endpoints.get(id)).toMatchObject({ enabled: true, version: 1 })
  })

  test('disable and enable, with the reason', async () => {
    const { endpoints } = world()
    const { id } = await endpoints.create(DRAFT)
    expect(await endpoints.disable(id, { reason: 'maintenance' })).toMatchObject({
      enabled: false,
      disabledReason: 'maintenance',
    })
    expect(await endpoints.enable(id)).toMatchObject({ enabled: true, disabledReason: null })
    await endpoints.update(id, { enabled: false })
    expect(await endpoints.update(id, { enabled: true })).toMatchObject({ enabled: true, disabledReason: null })
  })

  test('many changes at once are all made', async () => {
    const { endpoints } = world()
    const { id } = await endpoints.create(DRAFT)
    await Promise.all(Array.from({ length: 5 }, () => endpoints.rotateSecret(id)))
    expect((await endpoints.get(id)).secretAges).toHaveLength(6)
  })

  test('rotateSecret keeps the old one for a day unless told otherwise', async () => {
    const { endpoints, clock } = world()
    const { id, secret } = await endpoints.create(DRAFT)
    const rotated = await endpoints.rotateSecret(id)
    expect(rotated.secret).not.toBe(secret)
    expect(rotated.secretAges).toEqual([
      { createdAt: START, expiresAt: null },
      { createdAt: START, expiresAt: START + 86_400_000 },
    ])
    clock.at += 1_000
    const at = START + 1_000
    const again = await endpoints.rotateSecret(id, { overlapSeconds: 60 })
    expect(again.secretAges.map(({ expiresAt }) => expiresAt)).toEqual([null, at + 60_000, at + 60_000])
    expect((await endpoints.rotateSecret(id, { overlapSeconds: 0 })).secretAges).toHaveLength(1)
    expect((await errorOf(endpoints.rotateSecret(id, { overlapSeconds: -1 }))).code).toBe('invalid-argument')
  })

  test('remove cancels what was still to be delivered', async () => {
    const { endpoints, store } = world()
    const { id } = await endpoints.create(DRAFT)
    const row = await store.endpoints.get(id)
    if (row === null) throw new Error('not stored')
    await record(store, anEvent(), [planDelivery(row, anEvent(), 'dlv_1')])
    await endpoints.remove(id)
    expect((await errorOf(endpoints.get(id))).code).toBe('not-found')
    expect(await store.query.task('dlv_1')).toMatchObject({ status: 'cancelled' })
  })

  test('every change is audited, with no secret in it', async () => {
    const { endpoints, audited } = world()
    const { id, secret } = await endpoints.create({ ...DRAFT, url: `${URL_OK}?token=hunter2hunter2` })
    await endpoints.update(id, { name: 'x' })
    await endpoints.disable(id)
    await endpoints.enable(id)
    const { secret: fresh } = await endpoints.rotateSecret(id)
    await endpoints.remove(id)
    expect(audited.map(({ action }) => action)).toEqual(
      ['create', 'update', 'disable', 'enable', 'rotate-secret', 'remove'].map((verb) => `endpoint.${verb}`),
    )
    for (const hidden of [secret, fresh, 'hunter2hunter2']) expect(JSON.stringify(audited)).not.toContain(hidden)
  })
})

describe('tenants', () => {
  test('lists are of one project, and other tenants’ ids are not found', async () => {
    const { endpoints, parts } = world()
    const mine = await endpoints.create({ ...DRAFT, project: 'mine' })
    await endpoints.create(DRAFT)
    expect(await endpoints.list()).toHaveLength(1)
    expect(await endpoints.list({ project: 'mine' })).toHaveLength(1)
    expect(await endpoints.list({ project: '*' })).toHaveLength(2)
    const theirs = createEndpoints({ ...parts, project: 'theirs' })
    for (const call of [
      theirs.get(mine.id),
      theirs.update(mine.id, { name: 'x' }),
      theirs.remove(mine.id),
      theirs.enable(mine.id),
      theirs.disable(mine.id),
      theirs.rotateSecret(mine.id),
      theirs.test(mine.id),
    ]) {
      expect((await errorOf(call)).code).toBe('not-found')
    }
    expect((await errorOf(theirs.create({ ...DRAFT, project: 'mine' }))).code).toBe('invalid-argument')
    expect((await theirs.create(DRAFT)).project).toBe('theirs')
    expect(await theirs.list()).toHaveLength(1)
    expect((await endpoints.get(mine.id)).version).toBe(1)
  })
})

describe('test', () => {
  test('sends webhook.test now to a saved endpoint, signed with its secret', async () => {
    const { url, received, close } = await startSink((_request, response) => response.end('hello'))
    open.push({ close })
    const { endpoints, store } = world()
    const { id, secret } = await endpoints.create({ ...DRAFT, url, enabled: false })
    const result = await endpoints.test(id)
    expect(result).toMatchObject({ ok: true, status: 200, error: null, errorClass: null, response: { body: 'hello' } })
    expect(result.durationMs).toBeGreaterThan(0)
    const [got] = received
    if (got === undefined) throw new Error('nothing arrived')
    expect(JSON.parse(got.body)).toMatchObject({
      event: 'webhook.test',
      delivery_id: result.id,
      data: { endpoint_id: id },
    })
    expect(
      verifyWebhook('standard', { secrets: secret, headers: got.headers, body: got.body, now: new Date(START) }).ok,
    ).toBe(true)
    expect(await store.query.tasks({})).toEqual([])
  })

  test('works for a draft, also without a key and without events', async () => {
    const { url, received, close } = await startSink()
    open.push({ close })
    const { parts, store } = world()
    const { secretBox: _box, ...keyless } = parts
    const secret = generateSecret()
    const result = await createEndpoints(keyless).test({ url, secret, headers: { 'X-A': 'b' } })
    expect(result.ok).toBe(true)
    expect(received[0]?.headers['x-a']).toBe('b')
    const [got] = received
    expect(
      got &&
        verifyWebhook('standard', { secrets: secret, headers: got.headers, body: got.body, now: new Date(START) }).ok,
    ).toBe(true)
    expect(await store.endpoints.list()).toEqual([])
  })

  test('says what went wrong, and disables nothing', async () => {
    const { url, close } = await startSink((_request, response) => response.writeHead(410).end())
    open.push({ close })
    const { endpoints } = world()
    const { id } = await endpoints.create({ ...DRAFT, url })
    expect(await endpoints.test(id)).toMatchObject({ ok: false, status: 410, errorClass: 'http-410' })
    expect((await endpoints.get(id)).enabled).toBe(true)
    expect(await endpoints.test({ url: 'https://10.0.0.1/' })).toMatchObject({
      ok: false,
      status: null,
      errorClass: 'egress-blocked',
    })
    await close()
    expect(await endpoints.test(id)).toMatchObject({ ok: false, status: null, errorClass: 'refused', response: null })
  })

  test('refuses a draft that could not be saved', async () => {
    expect((await errorOf(world().endpoints.test({ url: 'nowhere' }))).problems[0]?.path).toBe('url')
  })
})
