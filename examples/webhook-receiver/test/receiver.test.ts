import { spawnSync } from 'node:child_process'
import { createPullwright, generateKey, generateSecret, memoryStore, signWebhook } from '@pullwright/core'
import { type FakeGitHub, fakeGitHub, type RecordedRequest } from '@pullwright/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COMMANDS, hasPython, type Receiver, startReceiver } from './receivers.ts'

const silent = () => undefined
const logger = { debug: silent, info: silent, warn: silent, error: silent }
const config = { model: 'gpt-4.1', messages: [{ role: 'system', content: 'Be kind.\nBe brief.' }] }
const deployment = (app: string, revision: number, more: object = {}) => ({
  ...{ app_name: app, variant_name: 'v2', environment: 'production', revision, deployed_by: 'jane@example.com' },
  ...{ config, commit_message: 'Better answers' },
  ...more,
})

const kinds = hasPython() ? (['Node', 'Python'] as const) : (['Node'] as const)

describe.each(kinds)('the receiver in %s', (kind) => {
  const secret = generateSecret()
  const older = generateSecret()
  const repository = 'acme/prompts'
  const time = { now: 0 }
  let forge: FakeGitHub
  let token: string
  let receiver: Receiver
  const start = (port = '0') =>
    startReceiver(kind, {
      ...{ WEBHOOK_SECRET: `${secret} ${older}`, GITHUB_TOKEN: token, GITHUB_API_URL: forge.url, PORT: port },
      REPOSITORY: repository,
    })

  beforeAll(async () => {
    forge = await fakeGitHub()
    token = forge.state.createToken()
    await forge.state.createRepository({ owner: 'acme', name: 'prompts', files: { 'README.md': 'hello' } })
    receiver = await start()
    // A process is started, beside other tests.
  }, 60_000)
  afterAll(async () => {
    await receiver.stop()
    await forge.close()
  })
  beforeEach(() => {
    time.now = Date.now()
  })

  /** A Pullwright whose endpoint is the receiver. */
  async function sender() {
    const pullwright = createPullwright({
      ...{ store: memoryStore(), key: generateKey(), logger, clock: { now: () => time.now } },
      egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
    })
    const events = ['environment.deployed', 'webhook.test']
    await pullwright.webhooks.endpoints.create({ url: receiver.url, events, secret, payload: { include: ['config'] } })
    return {
      pullwright,
      deploy: async (data: ReturnType<typeof deployment>) => {
        await pullwright.emitter.emit('environment.deployed', data)
        await pullwright.drain()
        const [delivery] = await pullwright.webhooks.deliveries.list({ limit: 1 })
        return delivery
      },
    }
  }

  /** Of one application. */
  const pullsOf = async (app: string) =>
    (await forge.state.pullRequests(repository)).filter(({ head }) => head.startsWith(`pullwright/${app}/`))
  const revisionAt = async (app: string, ref: string | undefined) => {
    const text = await forge.state.file(repository, `deployments/${app}/production.json`, ref)
    return JSON.parse(text ?? '{}').variant?.revision
  }

  it('opens a pull request for a deployment, once, however often it is told and whoever restarts', async () => {
    const { pullwright, deploy } = await sender()
    const delivery = await deploy(deployment('support-bot', 15))
    expect(delivery).toMatchObject({ status: 'done' })
    const [pull, ...others] = await pullsOf('support-bot')
    expect(others).toEqual([])
    expect(pull).toMatchObject({ state: 'open', base: 'main', head: 'pullwright/support-bot/production' })
    expect(pull?.title).toMatch(/support-bot.*production/i)
    const path = 'deployments/support-bot/production.json'
    const text = (await forge.state.file(repository, path, pull?.head)) ?? ''
    expect(JSON.parse(text)).toMatchObject({ app_name: 'support-bot', variant: { name: 'v2', revision: 15 }, config })

    const before = await forge.state.commits(repository, pull?.head)
    const again = async () => {
      await pullwright.webhooks.deliveries.retry(delivery?.id ?? '')
      await pullwright.drain()
      expect(await pullwright.webhooks.deliveries.get(delivery?.id ?? '')).toMatchObject({ status: 'done' })
      expect(await forge.state.commits(repository, pull?.head)).toEqual(before)
      expect(await pullsOf('support-bot')).toEqual([pull])
    }
    const requests = forge.requests.length
    await again()
    // It was known by its id: GitHub was not even asked.
    expect(forge.requests).toHaveLength(requests)
    await receiver.stop()
    receiver = await start(new URL(receiver.url).port)
    await again()
    expect(forge.requests.length).toBeGreaterThan(requests)

    // What people closed stays closed.
    forge.state.closePullRequest(repository, pull?.number ?? 0)
    await receiver.stop()
    receiver = await start(new URL(receiver.url).port)
    await pullwright.webhooks.deliveries.retry(delivery?.id ?? '')
    await pullwright.drain()
    expect(await pullsOf('support-bot')).toEqual([{ ...pull, state: 'closed' }])
    await pullwright.stop()
  })

  it('adds to the pull request while it is open, and opens another after the merge', async () => {
    const { pullwright, deploy } = await sender()
    const next = async (revision: number) => {
      time.now += 1_000
      expect(await deploy(deployment('judge', revision))).toMatchObject({ status: 'done' })
    }
    await next(1)
    await next(2)
    const [first, ...others] = await pullsOf('judge')
    expect(others).toEqual([])
    expect(first?.title).toContain('2')
    await forge.state.mergePullRequest(repository, first?.number ?? 0, { method: 'SQUASH' })
    await next(3)
    await next(4)
    const [second, ...more] = (await pullsOf('judge')).filter(({ state }) => state === 'open')
    expect(more).toEqual([])
    expect(await revisionAt('judge', second?.head)).toBe(4)
    await pullwright.stop()
  })

  it('keeps applications apart, whatever they are called, and nothing in their names has an effect', async () => {
    const { pullwright, deploy } = await sender()
    const known = Object.keys(await forge.state.files(repository))
    const names = ['\ud800', '../../etc @octocat closes #1', '--etc--octocat-closes--1', '```\n<!-- x -->', 'Ωμέγα']
    for (const name of names) expect(await deploy(deployment(name, 1))).toMatchObject({ status: 'done' })
    const all = (await forge.state.pullRequests(repository)).slice(-names.length)
    expect(new Set(all.map(({ head }) => head)).size).toBe(names.length)
    for (const { head, title, body } of all) {
      const paths = Object.keys(await forge.state.files(repository, head)).filter((path) => !known.includes(path))
      expect(paths).toEqual([expect.stringMatching(/^deployments\/[\w-]+\/production\.json$/)])
      expect(title).not.toMatch(/@octocat|#1/)
      // Outside of code there is nobody's name.
      expect(body.replace(/(`{3,})[\s\S]*?\n\1/g, '').replace(/`[^`]*`/g, '')).not.toMatch(/(?<!\\)@octocat/)
    }
    await pullwright.stop()
  })

  it('finds its pull request by the branch where somebody rewrote the text', async () => {
    const { pullwright, deploy } = await sender()
    await deploy(deployment('rewritten', 1))
    const [pull] = await pullsOf('rewritten')
    forge.state.editPullRequest(repository, pull?.number ?? 0, { body: 'Mine now.' })
    time.now += 1_000
    expect(await deploy(deployment('rewritten', 2))).toMatchObject({ status: 'done' })
    expect(await pullsOf('rewritten')).toMatchObject([
      { number: pull?.number, body: expect.not.stringContaining('Mine') },
    ])
    expect(await revisionAt('rewritten', pull?.head)).toBe(2)
    await pullwright.stop()
  })

  it('lets an older deployment that comes late change nothing', async () => {
    const send = async (id: string, revision: number, at: number) => {
      const { config: _, ...data } = deployment('late', revision)
      const told = { event: 'environment.deployed', timestamp: new Date(at).toISOString(), delivery_id: id, data }
      return (await post(JSON.stringify(told), { id })).status
    }
    expect(await send('dlv_new', 9, time.now)).toBe(200)
    expect(await send('dlv_old', 8, time.now - 60_000)).toBe(200)
    const [pull] = await pullsOf('late')
    expect(await revisionAt('late', pull?.head)).toBe(9)
    await forge.state.mergePullRequest(repository, pull?.number ?? 0)
    expect(await send('dlv_older', 7, time.now - 120_000)).toBe(200)
    expect(await pullsOf('late')).toHaveLength(1)
  })

  it('asks to be told again where GitHub refuses, and then finishes what was begun', async () => {
    const { pullwright, deploy } = await sender()
    const opens = ({ method, path, graphql }: RecordedRequest) =>
      graphql === null ? method === 'POST' && path.endsWith('/pulls') : graphql.type === 'mutation'
    forge.fail({ status: 401, times: 1, match: opens })
    const delivery = await deploy(deployment('begun', 1))
    expect(delivery).toMatchObject({ status: 'retrying' })
    expect(await pullsOf('begun')).toEqual([])
    await pullwright.webhooks.deliveries.retry(delivery?.id ?? '')
    await pullwright.drain()
    expect(await pullwright.webhooks.deliveries.list()).toMatchObject([{ status: 'done' }])
    const [pull, ...others] = await pullsOf('begun')
    expect(others).toEqual([])
    expect(await revisionAt('begun', pull?.head)).toBe(1)
    expect(receiver.errors()).not.toContain(token)
    await pullwright.stop()
  })

  async function post(body: string, { id = 'dlv_1', at = Date.now(), secrets = [secret], headers = {} } = {}) {
    const signed = signWebhook('standard', { secrets, id, timestamp: new Date(at), body })
    const response = await fetch(receiver.url, { method: 'POST', body, headers: { ...signed, ...headers } })
    return { status: response.status, text: await response.text() }
  }

  it('takes what either of its secrets signed lately, and refuses everything else', async () => {
    const before = forge.requests.length
    const test = JSON.stringify({ event: 'webhook.test', timestamp: new Date().toISOString(), data: { message: 'hi' } })
    expect(await post(test)).toEqual({ status: 200, text: expect.stringContaining('ignored') })
    expect((await post(test, { secrets: [older] })).status).toBe(200)
    expect((await post(test, { secrets: [generateSecret(), older] })).status).toBe(200)
    expect((await post(test, { secrets: [generateSecret()] })).status).toBe(401)
    expect((await post(test, { at: Date.now() - 310_000 })).status).toBe(401)
    expect((await post(test, { at: Date.now() + 310_000 })).status).toBe(401)
    expect((await post(test, { headers: { 'webhook-id': 'dlv_2' } })).status).toBe(401)
    expect((await post(test, { headers: { 'webhook-signature': '' } })).status).toBe(401)
    expect((await post(test, { headers: { 'webhook-signature': 'v1,' } })).status).toBe(401)
    expect((await fetch(receiver.url, { method: 'POST', body: test })).status).toBe(401)
    const told = { event: 'environment.deployed', timestamp: new Date().toISOString() }
    for (const body of [
      'no JSON',
      '[]',
      'null',
      '{}',
      JSON.stringify(told),
      JSON.stringify({ ...told, data: { app_name: 7 } }),
    ]) {
      expect((await post(body)).status).toBe(422)
    }
    const root = new URL('/', receiver.url)
    expect((await fetch(root, { method: 'POST', body: test })).status).toBe(404)
    expect((await fetch(new URL('/healthz', root))).status).toBe(200)
    expect(forge.requests).toHaveLength(before)
  })

  it('does not read more than 5 MiB', async () => {
    const large = await post('x'.repeat(5 * 1024 * 1024 + 1)).then(
      ({ status }) => status,
      // It may hang up while we are still sending.
      () => 'hung up',
    )
    expect([413, 'hung up']).toContain(large)
  })
})

it.each(kinds)('the receiver in %s says what is missing', (kind) => {
  const [command, ...rest] = COMMANDS[kind]
  const { status, stderr } = spawnSync(command, rest, { env: { PATH: process.env.PATH, REPOSITORY: 'acme/prompts' } })
  expect(status).toBe(1)
  expect(String(stderr)).toContain('Set WEBHOOK_SECRET, GITHUB_TOKEN')
})
