import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPullwright, createPullwrightHandler, generateKey, memoryStore, type Plugin } from '@pullwright/core'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { readSnippets } from '../scripts/lib/snippets.ts'

const page = readFileSync(join(import.meta.dirname, 'write-a-plugin.md'), 'utf8')
const TOKEN = ['tracker', 'token', 'of', 'acme'].join('-')
const EDIT_KEY = ['edit', 'key', 'of', 'one', 'ticket'].join('-')
const silent = () => undefined
const logger = { debug: silent, info: silent, warn: silent, error: silent }

let tickets: (options: { url: string; token: string }) => Plugin
let url: string
let close: () => Promise<unknown>
/** What the tracker was asked, and what it answers next. */
const seen: { asked: string; body: unknown; authorization: unknown }[] = []
const answers: number[] = []

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pullwright-plugin-'))
  const root = join(import.meta.dirname, '..')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(root, 'node_modules/@pullwright'), join(folder, 'node_modules/@pullwright'))
  symlinkSync(join(root, 'packages/core/node_modules/zod'), join(folder, 'node_modules/zod'))
  const shown = readSnippets(page).find(({ file }) => file === 'tickets.ts')
  writeFileSync(join(folder, 'tickets.ts'), shown?.code ?? '')
  ;({ tickets } = await import(join(folder, 'tickets.ts')))
  return () => rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  seen.length = 0
  answers.length = 0
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    const { authorization } = req.headers
    seen.push({ asked: `${req.method} ${req.url}`, body: text === '' ? null : JSON.parse(text), authorization })
    res.writeHead(answers.shift() ?? 200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ number: 7, edit_key: EDIT_KEY }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
})
afterEach(() => close())

function host() {
  let now = Date.UTC(2026, 0, 1)
  const store = memoryStore()
  const pullwright = createPullwright({
    ...{ store, key: generateKey(), logger, clock: { now: () => now } },
    plugins: [tickets({ url, token: TOKEN })],
  })
  return {
    pullwright,
    kept: () => store.documents.list('default', 'plugin:tickets'),
    async emit(type: 'deployment.failed' | 'deployment.succeeded', revision: number, later = 0) {
      const message = `It failed with ${TOKEN}`
      await pullwright.emitter.emit(type, { app_name: 'bot', environment: 'production', revision, message })
      await pullwright.drain()
      now += later
      await pullwright.drain()
    },
  }
}

it('the plugin of the page opens one ticket, closes it, and opens another after that', async () => {
  const { pullwright, kept, emit } = host()
  await emit('deployment.succeeded', 1)
  await emit('deployment.failed', 2)
  await emit('deployment.failed', 3)
  expect(await kept()).toMatchObject([{ key: 'bot/production' }])
  expect(JSON.stringify(await kept())).not.toContain(EDIT_KEY)
  await emit('deployment.succeeded', 4)
  expect(await kept()).toEqual([])
  await emit('deployment.failed', 5)
  expect(seen.filter(({ asked }) => asked !== 'GET /status')).toMatchObject([
    { asked: 'POST /tickets', body: { title: 'bot/production failed' }, authorization: `Bearer ${TOKEN}` },
    { asked: 'PATCH /tickets/7', body: { state: 'closed', edit_key: EDIT_KEY } },
    { asked: 'POST /tickets' },
  ])
  expect((await pullwright.events.list({ types: ['ticket.opened'] })).map(({ data }) => data)).toEqual([
    { app_name: 'bot', environment: 'production', number: 7 },
    { app_name: 'bot', environment: 'production', number: 7 },
  ])
  expect(JSON.stringify(await pullwright.events.list())).not.toContain(TOKEN)
  await pullwright.stop()
})

it('the plugin of the page tries again what the tracker refused', async () => {
  const { pullwright, emit } = host()
  await pullwright.drain()
  answers.push(503)
  await emit('deployment.failed', 1, 60_000)
  expect(seen.filter(({ asked }) => asked === 'POST /tickets')).toHaveLength(2)
  expect(await pullwright.tasks.list({ statuses: ['done'] })).toHaveLength(1)
  await pullwright.stop()
})

it('the plugin of the page opens no ticket late for what a newer deployment has mended', async () => {
  const { pullwright, emit } = host()
  answers.push(503)
  await emit('deployment.failed', 1)
  await emit('deployment.succeeded', 2, 60_000)
  expect(seen.map(({ asked }) => asked)).toEqual(['POST /tickets'])
  await pullwright.stop()
})

it('the plugin of the page serves its status to whom the host lets in', async () => {
  const { pullwright, emit } = host()
  answers.push(500)
  await pullwright.drain()
  await emit('deployment.succeeded', 1, 300_000)
  const capabilities = ['view'] as const
  const handle = createPullwrightHandler(pullwright, {
    authorize: ({ headers }) =>
      headers.has('x-user') ? { subject: 'ada', project: 'default', capabilities: [...capabilities] } : null,
  })
  const ask = (headers: Record<string, string>) => handle(new Request('http://127.0.0.1/tickets/status', { headers }))
  expect((await ask({})).status).toBe(401)
  const answer = await ask({ 'x-user': 'ada' })
  expect(await answer.json()).toEqual({ askedBy: 'ada', status: { reachable: false } })
  await emit('deployment.succeeded', 2, 300_000)
  expect(await (await ask({ 'x-user': 'ada' })).json()).toMatchObject({ status: { reachable: true } })
  await pullwright.stop()
})

it('the plugin of the page refuses a mistake when it starts', async () => {
  const pullwright = createPullwright({
    key: generateKey(),
    logger,
    plugins: [tickets({ url: 'tracker', token: TOKEN })],
  })
  await expect(pullwright.start()).rejects.toThrow('tickets()')
  await pullwright.stop()
})
