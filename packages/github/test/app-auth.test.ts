import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import type { Vcs } from '@pullwright/core'
import { type FakeGitHub, fakeGitHub } from '@pullwright/testkit'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { type GitHubOptions, github, installationCredential } from '../src/index.ts'
import { DECORATED, REPOSITORY, specOf } from './setting.ts'

const EXCHANGE = 'POST /app/installations/{installation_id}/access_tokens'
const HOUR = 3_600_000
/** Of every test's first fake: making one takes longer than most of the tests. */
const appKey = generateKeyPairSync('rsa', { modulusLength: 2048 })

let fake: FakeGitHub
let now: number
const clock = { now: () => now }
const open: { close?(): Promise<void> }[] = []

async function openFake(options: { appKey?: typeof appKey } = {}): Promise<FakeGitHub> {
  const made = await fakeGitHub({ openapi: true, clock, ...options })
  open.push(made)
  await made.state.createRepository({
    ...{ owner: 'acme', name: 'prompts', private: true, allowAutoMerge: true },
    protectedBranches: { main: { requiredChecks: ['ci/test'] } },
    teams: { reviewers: ['rita'] },
    collaborators: { jane: 'write', joe: 'write' },
  })
  return made
}

function adapter(auth: GitHubOptions['auth'], on = fake, more: Partial<GitHubOptions> = {}): Vcs {
  const made = github({ auth, baseUrl: on.url, clock, ...more })
  open.push(made)
  return made
}

const exchanges = (on = fake) =>
  on.requests
    .filter(({ operations }) => operations.includes(EXCHANGE))
    .map(({ body }) => JSON.parse(body) as { repositories: string[]; permissions: Record<string, string> })
/** The credentials that API calls carried, JSON Web Tokens aside. */
const used = (on = fake) =>
  new Set(
    on.requests.flatMap(({ headers }) => (/gh[a-z]_/.test(headers.authorization ?? '') ? [headers.authorization] : [])),
  )

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  fake = await openFake({ appKey })
})
afterEach(async () => {
  expect(fake.violations).toEqual([])
  await Promise.all(open.splice(0).map((one) => one.close?.()))
})

test('publishes as the App, with tokens for this repository and for what each call does', async () => {
  const { appId, privateKey } = fake.state.createApp({ owner: 'acme' })
  await fake.state.createRepository({ owner: 'acme', name: 'other' })
  const vcs = adapter({ appId, privateKey })
  const published = await vcs.publishPullRequest(specOf(DECORATED))
  expect(published).toMatchObject({ outcome: 'created', steps: { commit: { status: 'applied' } } })
  expect((await vcs.publishPullRequest(specOf(DECORATED))).outcome).toBe('unchanged')
  const [reading, writing, ...more] = exchanges()
  expect(more).toEqual([])
  expect(reading?.repositories).toEqual(['prompts'])
  expect(Object.values(reading?.permissions ?? {})).not.toContain('write')
  expect(writing?.permissions).toMatchObject({ contents: 'write', pull_requests: 'write', statuses: 'read' })
  await vcs.setStatus(REPOSITORY, published.commit ?? '', { context: 'evaluation', state: 'success' })
  expect(exchanges()[2]?.permissions).toMatchObject({ statuses: 'write', contents: 'read', pull_requests: 'read' })
  const lookups = fake.requests.filter(({ path }) => path.endsWith('/installation'))
  expect(lookups).toHaveLength(1)
})

test('may write checks, which a token may not, and its capabilities say so', async () => {
  const { appId, privateKey } = fake.state.createApp({ owner: 'acme' })
  expect(await adapter({ appId, privateKey }).capabilities(REPOSITORY)).toMatchObject({ checks: true })
  const token = fake.state.createToken({ user: 'jane' })
  expect(await adapter({ token }).capabilities(REPOSITORY)).toMatchObject({ checks: false })
})

test('signs by RS256, a minute back and for less than ten', async () => {
  const { appId, privateKey } = fake.state.createApp({ owner: 'acme' })
  await adapter({ appId, privateKey }).inspect(REPOSITORY)
  const [, jwt = ''] = fake.requests[0]?.headers.authorization?.split(' ') ?? []
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  expect(json(head)).toMatchObject({ alg: 'RS256' })
  expect(json(claims)).toEqual({ iss: String(appId), iat: now / 1000 - 60, exp: now / 1000 + 540 })
  const signed = Buffer.from(`${head}.${claims}`)
  expect(verify('sha256', signed, createPublicKey(privateKey), Buffer.from(signature, 'base64url'))).toBe(true)
})

describe('a private key', () => {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' }).toString()
  const pkcs8 = key.export({ type: 'pkcs8', format: 'pem' }).toString()
  it.each([
    ['PKCS#1', pkcs1],
    ['PKCS#8', pkcs8],
    ['line breaks written out', pkcs1.replaceAll('\n', '\\n')],
    ['quotes around it', `"${pkcs8.replaceAll('\n', '\\n')}"`],
    ['carriage returns', pkcs1.replaceAll('\n', '\r\n')],
    ['the base64 of the file', Buffer.from(pkcs1).toString('base64')],
  ])('is taken with or as %s', async (_what, privateKey) => {
    // All of one key: signed alike.
    expect(installationCredential({ appId: 1, privateKey }, 2)).toBe(
      installationCredential({ appId: 1, privateKey: pkcs8 }, 2),
    )
  })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  it.each([
    ['nothing', undefined],
    ['no PEM', 'hunter2-hunter2'],
    ['half a PEM', pkcs1.slice(0, 400)],
    ['another kind of key', ec.toString()],
  ])('is refused at once, without a word of it, where it is %s', (_what, privateKey) => {
    const make = () => github({ auth: { appId: 1, privateKey } })
    expect(make).toThrow(/auth\.privateKey must be the private key of the GitHub App/)
    if (privateKey !== undefined) expect(make).not.toThrow(privateKey.slice(30, 60))
  })
  it('needs its App', () => {
    expect(() => github({ auth: { appId: undefined, privateKey: pkcs1 } })).toThrow(/auth\.appId must be/)
    expect(() => github({ auth: { appId: 1, privateKey: pkcs1, installationId: 'x' } })).toThrow(/by its number/)
  })
})

test('gets one token for callers that come at once, and keeps it from those who gave up', async () => {
  const vcs = adapter(fake.state.createApp({ owner: 'acme' }))
  const leaving = new AbortController()
  const reads = Array.from({ length: 8 }, () => vcs.readFiles(REPOSITORY, { paths: ['README.md'] }))
  const left = vcs.readFiles(REPOSITORY, { paths: ['README.md'] }, { signal: leaving.signal })
  leaving.abort()
  await expect(left).rejects.toMatchObject({ name: 'AbortError' })
  await Promise.all(reads)
  expect(exchanges()).toHaveLength(1)
})

test('gets a new token before the old one ends', async () => {
  const vcs = adapter(fake.state.createApp({ owner: 'acme' }))
  const read = () => vcs.readFiles(REPOSITORY, { paths: ['README.md'] })
  await read()
  now += HOUR - 301_000
  await read()
  expect(exchanges()).toHaveLength(1)
  now += 2_000
  await read()
  expect(exchanges()).toHaveLength(2)
  expect(fake.requests.map(({ status }) => status)).not.toContain(401)
})

test('takes another token, once, where GitHub refuses the one it has', async () => {
  const vcs = adapter(fake.state.createApp({ owner: 'acme' }))
  await vcs.publishPullRequest(specOf())
  for (const header of used()) fake.state.revokeToken(header?.split(' ')[1] ?? '')
  const before = exchanges().length
  expect((await vcs.publishPullRequest(specOf())).outcome).toBe('unchanged')
  expect(fake.requests.filter(({ status }) => status === 401)).toHaveLength(1)
  expect(exchanges()).toHaveLength(before + 1)
})

test('never gives one host or App the token of another, though their installations have one number', async () => {
  const second = await openFake()
  const one = fake.state.createApp({ owner: 'acme' })
  const two = second.state.createApp({ owner: 'acme' })
  expect([one.appId, one.installationId]).toEqual([two.appId, two.installationId])
  const third = fake.state.createApp({ owner: 'acme', slug: 'another' })
  const adapters = [adapter(one), adapter(two, second), adapter(third)]
  await Promise.all(
    adapters.flatMap((vcs) => [
      vcs.publishPullRequest(specOf({ branch: `b/${adapters.indexOf(vcs)}` })),
      vcs.inspect(REPOSITORY),
    ]),
  )
  const statuses = [...fake.requests, ...second.requests].map(({ status }) => status)
  expect(statuses.filter((status) => status === 401 || status === 403)).toEqual([])
  expect([...used(second)].filter((token) => used().has(token))).toEqual([])
  expect(used().size).toBe(4)
  expect(second.violations).toEqual([])
})

test.each([-1_200_000, 1_200_000])('sets its clock right by GitHub’s where it is %i ms off', async (off) => {
  const vcs = adapter(fake.state.createApp({ owner: 'acme' }), fake, { clock: { now: () => now + off } })
  expect(await vcs.inspect(REPOSITORY)).toMatchObject({ ok: true })
  now += HOUR - 200_000
  await vcs.inspect(REPOSITORY)
  expect(fake.requests.filter(({ status }) => status === 401)).toHaveLength(1)
  expect(exchanges()).toHaveLength(2)
})

describe('says what to do', () => {
  it('where the key is of another App', async () => {
    const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const privateKey = other.export({ type: 'pkcs8', format: 'pem' }).toString()
    const { appId } = fake.state.createApp({ owner: 'acme', slug: 'other' })
    await expect(adapter({ appId, privateKey }).publishPullRequest(specOf())).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringMatching(/appId and privateKey belong to one App/),
    })
  })
  it('where the App is not installed, or not on this repository', async () => {
    await fake.state.createRepository({ owner: 'acme', name: 'other' })
    const app = fake.state.createApp({ owner: 'acme', repositories: ['acme/other'] })
    const refused = { code: 'not-found', message: expect.stringMatching(/not installed on acme\/prompts.*Install it/) }
    await expect(
      adapter({ appId: app.appId, privateKey: app.privateKey }).publishPullRequest(specOf()),
    ).rejects.toMatchObject(refused)
    await expect(adapter(app).publishPullRequest(specOf())).rejects.toMatchObject({
      code: 'permission',
      message: expect.stringMatching(/does not reach that repository/),
    })
  })
  it('where the installation is suspended, also with a token at hand, and goes on after that', async () => {
    const app = fake.state.createApp({ owner: 'acme' })
    const vcs = adapter(app)
    await vcs.inspect(REPOSITORY)
    fake.state.suspendInstallation(app.installationId)
    const refused = {
      code: 'permission',
      retryable: false,
      message: expect.stringMatching(/is suspended.*unsuspends it/),
    }
    await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject(refused)
    expect(await vcs.inspect(REPOSITORY)).toMatchObject({ ok: false, problems: [expect.stringMatching(/suspended/)] })
    fake.state.unsuspendInstallation(app.installationId)
    expect((await vcs.publishPullRequest(specOf())).outcome).toBe('created')
  })
  it('where the installation was removed', async () => {
    const app = fake.state.createApp({ owner: 'acme' })
    const vcs = adapter(app)
    await vcs.inspect(REPOSITORY)
    fake.state.removeInstallation(app.installationId)
    await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/has no installation.*Install the App again/),
    })
  })
})

test('names the permissions an installation lacks, and asks for none of them', async () => {
  const app = fake.state.createApp({ owner: 'acme', permissions: { contents: 'read', pull_requests: 'write' } })
  const inspection = await adapter(app).inspect(REPOSITORY)
  expect(inspection).toMatchObject({ ok: false, missing: ['contents=write', 'statuses=write'] })
  expect(exchanges()).toHaveLength(1)
})

test('tells its key and its tokens as secrets, and no message has them', async () => {
  const app = fake.state.createApp({ owner: 'acme' })
  const vcs = adapter(app)
  await vcs.inspect(REPOSITORY)
  const [token = ''] = [...used()].map((header) => header?.split(' ')[1])
  expect(vcs.secrets?.()).toEqual(expect.arrayContaining([app.privateKey, token]))
  const error = await vcs.getPullRequest(REPOSITORY, 99).catch((error: unknown) => error)
  expect(JSON.stringify([error, String(error)])).not.toContain(token)
})

describe("a tenant's credential", () => {
  it('is for the installation it was made for, and shares its tokens', async () => {
    const app = fake.state.createApp({ owner: 'acme' })
    const operator = adapter({ appId: app.appId, privateKey: app.privateKey })
    const credential = installationCredential(app, app.installationId)
    const tenants = [operator.connect?.({ credential }), operator.connect?.({ credential })]
    for (const tenant of tenants) expect(await tenant?.inspect(REPOSITORY)).toMatchObject({ ok: true })
    expect(exchanges()).toHaveLength(1)
  })
  it('names nobody else’s installation', async () => {
    const app = fake.state.createApp({ owner: 'acme' })
    const { installationId } = fake.state.installApp(app.appId, { owner: 'rival' })
    const mine = installationCredential(app, app.installationId)
    const forged = [
      `installation:${installationId}`,
      `installation:${installationId}:`,
      mine.replace(`:${app.installationId}:`, `:${installationId}:`),
    ]
    for (const credential of forged) {
      const tenant = adapter(app).connect?.({ credential })
      await expect(tenant?.publishPullRequest(specOf()), credential).rejects.toMatchObject({ code: 'auth' })
    }
    expect(exchanges()).toEqual([])
  })
  it('outlives the key it was made with, as long as that is given', async () => {
    const old = fake.state.createApp({ owner: 'acme' })
    const { privateKey: other } = fake.state.createApp({ owner: 'acme', slug: 'other' })
    const credential = installationCredential({ appId: old.appId, privateKey: other }, old.installationId)
    const tenant = adapter({ ...old, privateKey: [old.privateKey, other] }).connect?.({ credential })
    expect(await tenant?.inspect(REPOSITORY)).toMatchObject({ ok: true })
  })
  it('goes to no host that a tenant names, and needs an App', () => {
    const app = fake.state.createApp({ owner: 'acme' })
    const credential = installationCredential(app, app.installationId)
    const elsewhere = { credential, baseUrl: 'https://evil.example', transport: {} as never }
    expect(() => adapter(app).connect?.(elsewhere)).toThrow(/leave out baseUrl/)
    expect(() => adapter({ token: fake.state.createToken() }).connect?.({ credential })).toThrow(/to be a GitHub App/)
  })
})
