import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Backend, startBackend } from '../src/backend.ts'
import { openBrowser } from '../src/browser.ts'
import { createApp, createRevision, createVariant } from '../src/catalogue.ts'
import { deploy } from '../src/deploy.ts'
import { type Forge, openForge } from '../src/forge.ts'
import { ADA, GRACE, seed } from '../src/seed.ts'
import { openServer, type Server } from '../src/server.ts'

const session = { email: ADA.email, project: 'acme', role: 'admin' } as const
const wanted = { app: 'bot', environment: 'staging', variant: 'main', revision: 1, message: 'First' }

let server: Server
let forge: Forge
let backend: Backend
let password: string

beforeAll(async () => {
  server = await openServer()
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
