import { generateKeyPairSync, randomBytes } from 'node:crypto'
import {
  type Caller,
  createPullwright,
  createPullwrightHandler,
  memoryStore,
  type Pullwright,
  type PullwrightHandler,
  type Store,
} from '@pullwright/core'
import { type FakeGitHub, fakeGitHub, type InstallationAction } from '@pullwright/testkit'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { type GitHubApp, type GitHubAppOptions, github, githubApp } from '../src/index.ts'

const BASE = 'https://app.example.com'
const HOUR = 3_600_000
const OPERATOR: Caller = { project: 'default', subject: 'olga', capabilities: ['manage'] }
const TENANT: Caller = { project: 'shop', subject: 'tom', capabilities: ['manage'] }
const appKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = randomBytes(32).toString('base64')

let fake: FakeGitHub
let store: Store
let app: GitHubApp
let pullwright: Pullwright
let handler: PullwrightHandler
let logged: string
let now: number

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  logged = ''
  fake = await fakeGitHub({ openapi: true, appKey, clock: { now: () => now } })
  await fake.state.createRepository({ owner: 'acme', name: 'prompts', private: true })
  await fake.state.createRepository({ owner: 'acme', name: 'web' })
  store = memoryStore()
  open()
})
afterEach(async () => {
  expect(fake.violations).toEqual([])
  await pullwright.stop()
  await fake.close()
})

function open(more: Partial<GitHubAppOptions> = {}) {
  const clock = { now: () => now }
  const write = (fields: object, message: string) => {
    logged += JSON.stringify([fields, message])
  }
  app = githubApp({ name: 'Acme Prompts', baseUrl: BASE, apiUrl: fake.url, ...more })
  pullwright = createPullwright({
    ...{ store, key, clock, plugins: [app], vcs: [github({ auth: app.auth, baseUrl: fake.url, clock })] },
    logger: { debug: write, info: write, warn: write, error: write },
    egress: { allow: ['127.0.0.1'], allowHttp: true },
  })
  handler = createPullwrightHandler(pullwright, {
    authorize: ({ headers }) => JSON.parse(headers.get('x-caller') ?? 'null') as Caller | null,
  })
}

const get = (url: string, caller: Caller | null = null) =>
  handler(new Request(new URL(url, BASE), { headers: caller === null ? {} : { 'x-caller': JSON.stringify(caller) } }))

/** The form, as a browser reads it. */
async function formOf(caller = OPERATOR, query = '') {
  const answer = await get(`/github/setup${query}`, caller)
  expect(answer.status).toBe(200)
  const html = (await answer.text()).replaceAll('&#34;', '"').replaceAll('&#38;', '&')
  const action = new URL(/action="([^"]*)"/.exec(html)?.[1] ?? '')
  const manifest = /name="manifest" value="(.*?)"><\/?[b]/.exec(html.replace('"><button', '"><b'))?.[1] ?? ''
  return { action, manifest, state: action.searchParams.get('state') ?? '', answer }
}

async function setUp() {
  const { manifest, state } = await formOf()
  return get(fake.state.postManifest({ manifest, state, organization: 'acme' }))
}

async function stateOfInstall(caller = TENANT) {
  const answer = await get('/github/install', caller)
  return new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? ''
}

async function credentials(): Promise<{ appId: number; privateKey: string }> {
  if (!('app' in app.auth)) throw new Error('no App')
  return (await app.auth.app()) as { appId: number; privateKey: string }
}

/** A person installs the App and comes back. */
async function install(caller = TENANT, repositories = ['acme/prompts', 'acme/web']) {
  const { appId } = await credentials()
  const { installationId, code } = fake.state.installApp(appId, { owner: 'acme', repositories })
  const state = await stateOfInstall(caller)
  const answer = await get(back(installationId, code, state), caller)
  return { appId, installationId, answer, state }
}

const back = (id: number, code: string, state: string) =>
  `/github/installed?installation_id=${id}&setup_action=install&code=${code}&state=${state}`

async function hook(id: number, action: InstallationAction) {
  const { headers, body } = fake.state.installationDelivery(id, action)
  const answer = await handler(new Request(`${BASE}/hooks/github`, { method: 'POST', headers, body }))
  await pullwright.drain()
  return answer.status
}

describe('the manifest', () => {
  const of = (features: NonNullable<GitHubAppOptions['features']>) =>
    githubApp.manifest({ name: 'Acme Prompts', baseUrl: `${BASE}/pw/`, features })

  it('is the one of the design', () => {
    expect(of(['pullRequests', 'checks'])).toEqual({
      name: 'Acme Prompts',
      url: `${BASE}/pw/`,
      hook_attributes: { url: `${BASE}/pw/hooks/github`, active: true },
      redirect_url: `${BASE}/pw/github/callback`,
      callback_urls: [`${BASE}/pw/github/installed`],
      request_oauth_on_install: true,
      public: false,
      default_permissions: { metadata: 'read', contents: 'write', pull_requests: 'write', checks: 'write' },
      default_events: ['pull_request', 'pull_request_review', 'check_run'],
    })
  })
  it.each([
    [['statuses'], { statuses: 'write' }, ['status']],
    [['deployments'], { deployments: 'write' }, []],
    [['issues'], { issues: 'write' }, []],
    [['teams'], { members: 'read' }, []],
    [['gitops'], { contents: 'read', pull_requests: 'write' }, ['pull_request', 'pull_request_review', 'push']],
  ] as const)('asks for what %s takes and no more', (features, permissions, events) => {
    const { default_permissions, default_events } = of(features)
    expect(default_permissions).toEqual({ metadata: 'read', ...permissions })
    expect(default_events).toEqual(events)
  })
  it('refuses what GitHub or we would not take', () => {
    expect(() => of(['coffee' as 'checks'])).toThrow(/no feature "coffee"; there is: pullRequests/)
    expect(() => githubApp({ name: 'x'.repeat(35), baseUrl: BASE })).toThrow(/1 to 34 characters/)
    expect(() => githubApp({ name: 'x', baseUrl: 'app.example.com' })).toThrow(/where the handler is mounted/)
  })
})

describe('setting up', () => {
  it('goes by a form to GitHub and a code back, and seals what it got', async () => {
    const { action, manifest, answer } = await formOf(OPERATOR, '?organization=acme')
    expect(action.origin + action.pathname).toBe(`${fake.url}/organizations/acme/settings/apps/new`)
    expect(JSON.parse(manifest)).toEqual(githubApp.manifest({ name: 'Acme Prompts', baseUrl: BASE }))
    expect(answer.headers.get('content-security-policy')).toContain(`form-action ${fake.url}`)
    const done = await setUp()
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('href="install"')])
    const kept = JSON.stringify(await store.documents.list('*', 'plugin:github-app'))
    expect(kept).toContain('"slug":"acme-prompts"')
    const { privateKey } = await credentials()
    expect(privateKey).toContain('BEGIN RSA PRIVATE KEY')
    expect(kept + logged).not.toContain(privateKey.split('\n')[3])
  })
  it('takes a state that it signed, once, in time and for this alone', async () => {
    const { manifest, state } = await formOf()
    const other = fake.state.postManifest({ manifest, state: `${state.slice(0, -4)}AAAA` })
    expect((await get(other)).status).toBe(400)
    expect((await get('/github/callback?code=x')).status).toBe(400)
    const url = fake.state.postManifest({ manifest, state })
    const answers = await Promise.all([get(url), get(url), get(url)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
    const late = await formOf(OPERATOR, '?replace=yes')
    const link = fake.state.postManifest(late)
    now += HOUR
    expect((await get(link)).status).toBe(400)
    const forInstalling = fake.state.postManifest({ manifest, state: await stateOfInstall(OPERATOR) })
    expect((await get(forInstalling)).status).toBe(400)
  })
  it('is for those who manage the installation itself, and does not replace an App by chance', async () => {
    expect((await get('/github/setup')).status).toBe(401)
    expect((await get('/github/setup', { ...OPERATOR, capabilities: ['view'] })).status).toBe(403)
    expect((await get('/github/setup', TENANT)).status).toBe(403)
    expect((await get('/github/install', TENANT)).status).toBe(409)
    await setUp()
    expect((await get('/github/setup', OPERATOR)).status).toBe(409)
  })
  it('says so where GitHub does not hand the App over', async () => {
    const { state } = await formOf()
    const answer = await get(`/github/callback?code=made-up&state=${state}`)
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('Start again')])
    await pullwright.drain()
    await expect(
      pullwright.integrations.test({ vcs: 'github', repository: 'acme/prompts', credential: 'installation:1:x' }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/open \/github\/setup/),
    })
  })
})

describe('installing', () => {
  beforeEach(async () => void (await setUp()))

  it('gives the project its installation, and integrations a credential for each repository and environment', async () => {
    const { installationId, answer } = await install()
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringContaining('<li>acme/prompts</li><li>acme/web</li>'),
    ])
    const { data } = (await (await get('/github/installations', TENANT)).json()) as { data: { credential: string }[] }
    expect(data).toMatchObject([
      {
        id: installationId,
        account: 'acme',
        status: 'active',
        missing: [],
        repositories: ['acme/prompts', 'acme/web'],
      },
    ])
    expect(await (await get('/github/installations', OPERATOR)).json()).toEqual({ data: [] })
    await pullwright.drain()
    const shop = pullwright.as({ project: 'shop', subject: 'tom', capabilities: ['manage'] })
    const credential = data[0]?.credential ?? ''
    const places = [
      ['acme/prompts', 'main', 'production'],
      ['acme/web', 'main', 'staging'],
    ] as const
    for (const [repository, base, environment] of places) {
      const draft = { vcs: 'github', repository, base, credential, rules: { when: { environment } } }
      const { id } = await shop.integrations.create(draft)
      expect(await shop.integrations.test(id)).toMatchObject({ repository, ok: true, missing: [] })
      expect(await shop.integrations.get(id)).toMatchObject({ credentialRenews: true })
    }
    expect(await shop.integrations.list()).toHaveLength(2)
    expect(JSON.stringify(await store.integrations.list())).not.toContain(credential)
  })
  it('gives nobody an installation that GitHub does not show them', async () => {
    const { appId, installationId } = await install()
    const mallory: Caller = { project: 'mallory', subject: 'm', capabilities: ['manage'] }
    const own = fake.state.installApp(appId, { owner: 'mallory' })
    const stolen = await get(back(installationId, own.code, await stateOfInstall(mallory)), mallory)
    expect(stolen.status).toBe(403)
    expect((await get(back(installationId, 'made-up', await stateOfInstall(mallory)), mallory)).status).toBe(403)
    expect(await app.installations({ project: 'mallory' })).toEqual([])
  })
  it('ends where it began: with the same person, in the same project, once', async () => {
    const { appId, installationId, state } = await install()
    const code = () => fake.state.signIn(appId, [installationId])
    expect((await get(back(installationId, code(), state), TENANT)).status).toBe(400)
    const fresh = await stateOfInstall(TENANT)
    expect((await get(back(installationId, code(), fresh), { ...TENANT, subject: 'eve' })).status).toBe(400)
    expect((await get(back(installationId, code(), await stateOfInstall()), null)).status).toBe(401)
    const asked = await get('/github/installed?setup_action=request', TENANT)
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining('has to agree')])
  })
})

describe('installations', () => {
  beforeEach(async () => void (await setUp()))
  const seen = async () => (await app.installations())[0]

  it('are kept current by signed webhooks, whatever order they come in', async () => {
    await pullwright.drain()
    const { installationId: id } = await install(TENANT, ['acme/prompts'])
    fake.state.changeInstallation(id, {
      repositories: ['acme/prompts', 'acme/web'],
      permissions: { contents: 'write' },
    })
    expect(await hook(id, 'added')).toBe(202)
    expect(await seen()).toMatchObject({
      ...{ status: 'active', repositories: ['acme/prompts', 'acme/web'], projects: ['shop'] },
      missing: expect.arrayContaining(['pull_requests=write', 'checks=write']),
    })
    fake.state.suspendInstallation(id)
    await hook(id, 'suspend')
    expect(await seen()).toMatchObject({ status: 'suspended' })
    // Late, and no longer true.
    await hook(id, 'created')
    expect(await seen()).toMatchObject({ status: 'suspended' })
    const { headers, body } = fake.state.installationDelivery(id, 'unsuspend')
    const forged = { ...headers, 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }
    const request = new Request(`${BASE}/hooks/github`, { method: 'POST', headers: forged, body })
    expect((await handler(request)).status).toBe(401)
  })

  it('are reconciled with what webhooks missed', async () => {
    await pullwright.drain()
    const { appId, installationId: id } = await install()
    fake.state.removeInstallation(id)
    fake.state.installApp(appId, { owner: 'acme', repositories: ['acme/web'] })
    now += HOUR + 1
    await pullwright.drain()
    expect(await app.installations()).toMatchObject([
      { id, status: 'removed', repositories: [], projects: ['shop'] },
      { status: 'active', repositories: ['acme/web'], projects: [] },
    ])
  })

  test.each([
    [
      'suspended',
      /is suspended: nothing is done there until an owner of acme unsuspends it/,
      (id: number) => fake.state.suspendInstallation(id),
    ],
    ['removed', /it was removed.*Install the App again/, (id: number) => fake.state.removeInstallation(id)],
  ] as const)('that are %s stop work with a status that says so', async (_what, words, change) => {
    await pullwright.drain()
    const { installationId } = await install()
    const { data } = (await (await get('/github/installations', TENANT)).json()) as { data: { credential: string }[] }
    const credential = data[0]?.credential ?? ''
    change(installationId)
    const found = await pullwright.integrations.test({ vcs: 'github', repository: 'acme/prompts', credential })
    expect(found).toMatchObject({ ok: false, problems: [expect.stringMatching(words)] })
  })
})

describe('the audit log', () => {
  const told = async (project: string) =>
    (await pullwright.audit.list({ project })).map(({ actor, action, target, result, details }) => ({
      ...{ actor, action, target, result },
      ...(details as object),
    }))

  it('says who set the App up, with which permissions, and who tried in vain', async () => {
    expect((await get('/github/setup', TENANT)).status).toBe(403)
    const { state } = await formOf()
    expect((await get(`/github/callback?code=made-up&state=${state}`)).status).toBe(502)
    await setUp()
    const { appId } = await credentials()
    expect(await told('shop')).toMatchObject([
      { actor: 'tom', action: 'github-app.set-up', result: 'failed', reason: 'not for this project' },
    ])
    expect(await told('default')).toMatchObject([
      { actor: 'olga', action: 'github-app.set-up', result: 'failed', error: expect.stringMatching(/404/) },
      {
        ...{ actor: 'olga', action: 'github-app.set-up', target: 'acme-prompts', result: 'ok', via: `app ${appId}` },
        permissions: expect.objectContaining({ contents: 'write' }),
      },
    ])
    const { privateKey } = await credentials()
    expect(JSON.stringify(await told('default'))).not.toContain(privateKey.split('\n')[3])
  })

  it('says who installed it where, and who may not', async () => {
    await setUp()
    const { appId, installationId } = await install()
    const own = fake.state.installApp(appId, { owner: 'mallory' })
    await get(back(installationId, own.code, await stateOfInstall()), TENANT)
    fake.fail({ match: { path: '/login/oauth/access_token' }, status: 503 })
    await get(back(installationId, 'any', await stateOfInstall()), TENANT)
    const common = { actor: 'tom', action: 'github-app.install', target: String(installationId), via: `app ${appId}` }
    expect(await told('shop')).toMatchObject([
      { ...common, result: 'ok', account: 'acme', repositories: ['acme/prompts', 'acme/web'] },
      { ...common, result: 'failed', reason: 'GitHub does not show it' },
      { ...common, result: 'failed', error: expect.stringMatching(/503/) },
    ])
    expect((await pullwright.audit.verify('shop')).ok).toBe(true)
  })
})

describe('a person who installs it', () => {
  beforeEach(async () => void (await setUp()))

  it('signs in for one question, and their token is given back', async () => {
    const { answer } = await install()
    expect(answer.status).toBe(200)
    expect(fake.state.peopleSignedIn()).toBe(0)
    expect(logged).not.toMatch(/ghu_/)
  })

  it('has installed it also where GitHub did not take the token back, and the log says so', async () => {
    fake.fail({ match: { path: /\/applications\// }, status: 500 })
    const { answer } = await install()
    expect(answer.status).toBe(200)
    expect(logged).toMatch(/answered 500 and did not take back.*token lives on/)
    expect(logged).not.toMatch(/ghu_/)
  })
})

describe('webhooks that were missed', () => {
  const send = async ({ headers, body }: { headers: Record<string, string>; body: string }) =>
    (await handler(new Request(`${BASE}/hooks/github`, { method: 'POST', headers, body }))).status
  const anHour = async () => {
    now += HOUR + 1
    await pullwright.drain()
  }
  let appId: number
  let id: number
  beforeEach(async () => {
    await setUp()
    await pullwright.drain()
    const installed = await install()
    appId = installed.appId
    id = installed.installationId
  })

  it('are sent again, once, and taken like any other', async () => {
    const missed = fake.state.missDelivery(id, 'added')
    await anHour()
    const recorded = async () => (await pullwright.events.list({ types: ['installation.changed'] })).length
    expect(await recorded()).toBe(0)
    expect(await fake.state.redeliver(appId, send)).toBe(1)
    expect(await recorded()).toBe(1)
    // The first one arrives after all: the same delivery.
    expect(await send(missed)).toBe(200)
    expect(await recorded()).toBe(1)
    await anHour()
    expect(await fake.state.redeliver(appId, send)).toBe(0)
    expect(logged).toMatch(/"asked":1.*sent again/)
  })

  it('are all found, over many pages', async () => {
    for (let n = 0; n < 230; n += 1) fake.state.missDelivery(id, 'added', n % 23 === 0 ? 502 : 202)
    await anHour()
    expect(await fake.state.redeliver(appId, async () => 202)).toBe(10)
  })

  it('are asked for no more than five times', async () => {
    fake.state.missDelivery(id, 'added')
    const sent: number[] = []
    for (let hour = 0; hour < 8; hour += 1) {
      await anHour()
      sent.push(await fake.state.redeliver(appId, async () => 413))
    }
    expect(sent).toEqual([1, 1, 1, 1, 1, 0, 0, 0])
  })

  it('hold up nothing where GitHub has them no more', async () => {
    fake.state.missDelivery(id, 'added')
    fake.state.missDelivery(id, 'removed')
    fake.fail({ match: { path: /\/attempts$/ }, status: 422, times: 1 })
    await anHour()
    expect(await fake.state.redeliver(appId, send)).toBe(1)
    expect(logged).toMatch(/cannot be had again/)
  })
})

describe('without a key', () => {
  it('it does not start, and its pages say what is missing', async () => {
    await pullwright.stop()
    app = githubApp({ name: 'Acme Prompts', baseUrl: BASE, apiUrl: fake.url })
    pullwright = createPullwright({ store, plugins: [app], logger: { debug() {}, info() {}, warn() {}, error() {} } })
    handler = createPullwrightHandler(pullwright, {
      authorize: ({ headers }) => JSON.parse(headers.get('x-caller') ?? 'null') as Caller | null,
    })
    await expect(pullwright.start()).rejects.toMatchObject({
      code: 'key-required',
      message: expect.stringMatching(/githubApp\(\) keeps the secrets.*openssl rand/),
    })
    const answer = await get('/github/setup', OPERATOR)
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringMatching(/pass `key` to createPullwright/)])
  })
})
