import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres, type PostgresServer } from '../../../packages/postgres/test/postgres-server.ts'
import { type Backend, startBackend } from '../src/backend.ts'
import { openBrowser } from '../src/browser.ts'
import { createApp, createRevision, createVariant } from '../src/catalogue.ts'
import { deploy } from '../src/deploy.ts'
import { type Forge, openForge } from '../src/forge.ts'
import { ADA, GRACE, seed } from '../src/seed.ts'

const session = { email: ADA.email, project: 'acme', role: 'admin' } as const
const wanted = { app: 'bot', environment: 'staging', variant: 'main', revision: 1, message: 'First' }

let server: PostgresServer
let forge: Forge
let backend: Backend
let password: string

beforeAll(async () => {
  server = await openPostgres()
  forge = await openForge({})
  backend = await startBackend(server.url, `express_test_${randomBytes(4).toString('hex')}`, forge, 0)
  password = await seed(backend.pool)
  await createApp(backend.pool, 'acme', 'bot')
  await createVariant(backend.pool, 'acme', 'bot', 'main')
  await createRevision(backend.pool, 'acme', 'bot', 'main', { temperature: 1 })
}, 60_000)

afterAll(async () => {
  await backend?.close()
  await forge?.close()
  await server?.stop()
})

test('what cannot start leaves nothing behind', async () => {
  const schema = `express_test_${randomBytes(4).toString('hex')}`
  const taken = Number(new URL(backend.url).port)
  await expect(startBackend(server.url, schema, forge, taken)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const { rows } = await backend.pool.query('select nspname from pg_namespace where starts_with(nspname, $1)', [schema])
  expect(rows).toEqual([])
})

test('row and event are there together, or neither is', async () => {
  const { pool, pullwright } = backend
  const failing = {
    ...pullwright,
    emitter: {
      ...pullwright.emitter,
      async emit(...given: Parameters<typeof pullwright.emitter.emit>) {
        await pullwright.emitter.emit(...given)
        throw new Error('the connection broke')
      },
    },
  }
  const count = async () => [
    Number((await pool.query('select count(*) from deployments')).rows[0].count),
    (await pullwright.events.list({ project: 'acme', types: ['environment.deployed'] })).length,
  ]
  await expect(deploy(pool, failing, session, wanted)).rejects.toThrow('the connection broke')
  expect(await count()).toEqual([0, 0])
  expect(await deploy(pool, pullwright, session, { ...wanted, revision: 9 })).toBeNull()
  expect(await count()).toEqual([0, 0])
  expect(await deploy(pool, pullwright, session, wanted)).toEqual(expect.any(Number))
  expect(await count()).toEqual([1, 1])
})

test('revisions that are made at the same time get a number each', async () => {
  const { headers } = await openBrowser(backend.url, ADA.email, password)
  await createVariant(backend.pool, 'acme', 'bot', 'busy')
  const url = `${backend.url}/api/apps/bot/variants/busy/revisions`
  const create = async (temperature: number) => {
    const body = JSON.stringify({ config: { temperature } })
    return (
      await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
    ).json()
  }
  const made = await Promise.all(Array.from({ length: 12 }, (_, index) => create(index)))
  const numbers = made.map((one) => (one as { number: number }).number)
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
})

test('deployments of one variant at the same time come one after the other', async () => {
  const { pool, pullwright } = backend
  const count = async () => Number((await pool.query('select count(*) from deployments')).rows[0].count)
  const before = await count()
  const ids = await Promise.all(Array.from({ length: 6 }, () => deploy(pool, pullwright, session, wanted)))
  expect(new Set(ids).size).toBe(6)
  expect(await count()).toBe(before + 6)
})

test.each([
  ['/api/apps/bot/environments/staging/deploy', { ...wanted, revision: 'x' }],
  ['/api/apps/bot/environments/staging/deploy', { ...wanted, revision: 1e20 }],
  ['/api/apps/bot/environments/staging/deploy', { ...wanted, message: 'a\u0000b' }],
  ['/api/apps/bot/variants/main/revisions', undefined],
  ['/api/apps/bot/variants/main/revisions', { config: 'text' }],
  ['/api/apps/a%00/variants', { name: 'x' }],
  ['/api/sessions', { email: 'a\u0000b', password: 'x' }],
])('what cannot be stored is the caller’s to mend: %s with %j', async (path, body) => {
  const { headers } = await openBrowser(backend.url, ADA.email, password)
  const given = body === undefined ? {} : { body: JSON.stringify(body) }
  const type = { 'content-type': 'application/json' }
  const answer = await fetch(backend.url + path, { method: 'POST', headers: { ...headers, ...type }, ...given })
  expect([answer.status, await answer.json()]).toEqual([400, { error: expect.any(String) }])
})

test('nobody deploys who may not, and no tenant finds another’s app', async () => {
  const path = '/api/apps/bot/environments/staging/deploy'
  const answer = (headers: Record<string, string>) =>
    fetch(backend.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(wanted),
    })
  expect((await answer({})).status).toBe(401)
  const grace = await openBrowser(backend.url, GRACE.email, password)
  expect((await answer(grace.headers)).status).toBe(403)
  await backend.pool.query(`update users set role = 'admin' where email = $1`, [GRACE.email])
  expect((await answer(grace.headers)).status).toBe(404)
  await expect(openBrowser(backend.url, ADA.email, 'wrong')).rejects.toThrow('HTTP 401')
})

test('the admin API is for the signed in, and refuses a cookie that another site sends', async () => {
  const url = `${backend.url}/pullwright/api/v1/endpoints`
  expect((await fetch(url)).status).toBe(401)
  const { headers } = await openBrowser(backend.url, ADA.email, password)
  expect((await fetch(url, { headers })).status).toBe(200)
  const create = (origin: string) =>
    fetch(url, {
      method: 'POST',
      headers: { ...headers, origin, 'content-type': 'application/json' },
      body: JSON.stringify({ url: `${backend.url}/receiver`, events: ['*'] }),
    })
  expect((await create('https://evil.example')).status).toBe(403)
  expect((await create(backend.url)).status).toBe(201)
})
