import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPullwright, createPullwrightHandler, generateKey, type Pullwright } from '@pullwright/core'
import { github } from '@pullwright/github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../../postgres/test/server.ts'
import { deploymentPullRequests } from '../src/index.ts'
import { type Forge, forge, memoryLogger, REPOSITORY, testClock } from './harness.ts'
import { leaking } from './leak-places.ts'
import { createSearch } from './leak-search.ts'
import { plant } from './leak-secrets.ts'
import { inFile, inMemory, inPostgres, type Readable } from './leak-stores.ts'
import { echo, failing, talkative, telemetry, told } from './leak-tellers.ts'

/** 1,000 secrets, 100 in each deployment: what costs time is the deployments. */
const EACH = 100
const planted = plant(1000)
const leaksIn = createSearch(planted)
const groups = Array.from({ length: planted.length / EACH }, (_, at) => planted.slice(at * EACH, (at + 1) * EACH))

let folder: string
let server: TestServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pullwright-leaks-'))
  server = await startServer()
})

afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the search itself', () => {
  it('finds every secret where it is planted, in each of its forms', () => {
    for (const { text, secret } of planted) {
      expect(leaksIn('here', `x ${text} y`), text).not.toEqual([])
      const forms = [secret, encodeURIComponent(secret), Buffer.from(`a:${secret}`).toString('base64')]
      for (const form of forms) expect(leaksIn('here', JSON.stringify({ a: `b${form}c` })), form).not.toEqual([])
    }
    expect(leaksIn('here', JSON.stringify(leaking(groups[0] ?? [], 1))).length).toBeGreaterThan(EACH)
  })
})

describe('a thousand secrets', () => {
  it('are nowhere in memory, on GitHub or on the way there', async () => {
    const stage = await forge()
    const places = await spread(inMemory(), stage)
    const directory = stage.fake.state.gitDirectory(REPOSITORY)
    const all = {
      ...places,
      requests: JSON.stringify(stage.fake.requests.map(({ headers: _token, ...rest }) => rest)),
      git: git(directory, ['cat-file', '--batch-all-objects', '--batch', '--unordered']),
      refs: git(directory, ['for-each-ref']),
      pullRequests: JSON.stringify(await stage.fake.state.pullRequests(REPOSITORY)),
    }
    await stage.fake.close()
    expectClean(all)
    for (const text of [all.git, all.pullRequests, all.refs]) expect(text).toMatch(/redacted/i)
  }, 60_000)

  it('are in no byte of a SQLite file', async () => {
    expectClean(await spread(inFile(folder), null))
  }, 60_000)

  it('are in no column of any table of PostgreSQL', async () => {
    expectClean(await spread(inPostgres(server), null))
  }, 60_000)
})

function expectClean(places: Record<string, string>): void {
  for (const [place, text] of Object.entries(places)) expect(text.length, place).toBeGreaterThan(200)
  for (const place of ['logs', 'webhooks', 'store', 'spans', 'admin']) expect(places[place]).toContain('[REDACTED]')
  const leaks = Object.entries(places).flatMap(([place, text]) => leaksIn(place, text))
  expect(leaks.slice(0, 20)).toEqual([])
}

/** Sends them on every way there is, and collects what can be seen afterwards. */
async function spread({ store, read }: Readable, stage: Forge | null): Promise<Record<string, string>> {
  const [logger, clock, sink] = [memoryLogger(), testClock(), await echo(groups)]
  const [errors, spans]: [string[], string[]] = [[], []]
  const pullwright = createPullwright({
    ...{ store, clock, logger },
    key: generateKey(),
    egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
    redaction: { values: planted.filter(({ known }) => known).map(({ secret }) => secret), environment: false },
    telemetry: telemetry(spans),
    vcs: stage === null ? [] : [unpaced(stage), failing(unpaced(stage), groups)],
    plugins: [...(stage === null ? [] : [deploymentPullRequests({ routes: ROUTES })]), talkative(groups)],
  })
  pullwright.emitter.on('*', () => {
    throw new Error(told(groups[0]))
  })
  const error = ({ message, stack, cause, ...rest }: Error) =>
    void errors.push(JSON.stringify([message, stack, String(cause), rest]))
  await hooked(pullwright, sink.url, stage !== null)
  for (const [index, group] of groups.entries()) {
    const environment = index === 3 ? `prod ${group[0]?.text}` : 'production'
    await pullwright.emitter.emit('environment.deployed', { ...leaking(group, index + 1), environment })
    await pullwright.emitter.emit('webhook.test', { message: told(group) })
  }
  await refused(pullwright, error)
  for (let round = 0; round < 3; round++) {
    await pullwright.drain()
    clock.advance(3_600_000)
  }
  const seen = { errors: errors.join('\n'), spans: spans.join('\n'), webhooks: sink.received.join('\n') }
  const places = { ...seen, store: await read(), admin: await adminReads(pullwright), logs: logger.text() }
  await pullwright.stop({ timeoutMs: 0 })
  await sink.close()
  return places
}

/** The fake takes as many writes a minute as come. */
function unpaced({ fake, token }: Forge) {
  return github({ auth: { token }, baseUrl: fake.url, writeSpacingMs: 0 })
}

const EVERY = { vcs: 'github', repository: REPOSITORY }
const ROUTES = [
  EVERY,
  {
    ...EVERY,
    when: { app: 'bot-1*' },
    path: 'yaml/{{app}}.yaml',
    branch: 'yaml/{{deployment_id}}',
    title: '{{app}} {{revision}}',
  },
  { ...EVERY, vcs: 'failing', when: { app: 'bot-2*' }, path: 'never.json', branch: 'never/{{app}}' },
]

/** Endpoints and an integration of which secrets are part. */
async function hooked(pullwright: Pullwright, url: string, forges: boolean): Promise<void> {
  await pullwright.migrate()
  const [credential, other] = planted.filter(({ kind }) => kind === 'github')
  const include = ['config', 'previous_config'] as const
  await pullwright.webhooks.endpoints.create({ url: `${url}/echo`, events: ['*'], payload: { include: [...include] } })
  await pullwright.webhooks.endpoints.create({
    url: `${url}/fail`,
    events: ['environment.deployed'],
    headers: { authorization: `Bearer ${other?.secret}`, 'x-own': credential?.secret ?? '' },
    description: `sends ${other?.secret}`,
  })
  if (!forges) return
  const draft = { vcs: 'github', repository: REPOSITORY, credential: credential?.secret ?? '', enabled: false }
  await pullwright.as({ project: 'default', subject: 'ada', capabilities: ['manage'] }).integrations.create(draft)
}

/** What is refused says why, and not what it was given. */
async function refused(pullwright: Pullwright, error: (thrown: Error) => void): Promise<void> {
  const [one] = planted
  const secret = one?.secret ?? ''
  const wrong = { app_name: '', revision: { secret }, environment: [secret], config: secret, variant_name: secret }
  await pullwright.emitter.emit('environment.deployed', wrong as never).catch(error)
  await pullwright.webhooks.endpoints
    .create({ url: `http://a:${secret}@10.0.0.1/${secret}`, events: ['*'] })
    .catch(error)
  const draft = { vcs: 'github', repository: REPOSITORY, credential: secret, baseUrl: 'http://10.0.0.1/' }
  await pullwright.integrations.create(draft).catch(error)
}

/** Everything the admin API shows. */
async function adminReads(pullwright: Pullwright): Promise<string> {
  const capabilities = ['view', 'manage'] as const
  const authorize = () => ({ subject: 'ada', project: 'default', capabilities: [...capabilities] })
  const handler = createPullwrightHandler(pullwright, { authorize })
  const read = async (path: string) => (await handler(new Request(`http://host/api/v1${path}`))).text()
  const lists = ['events', 'tasks', 'deliveries', 'deployments', 'endpoints', 'integrations']
  const texts = [await read('/audit'), await read('/audit/export')]
  for (const name of lists) {
    const text = await read(`/${name}`)
    texts.push(text)
    for (const [, id] of text.matchAll(/"id":"([a-z]+_\w+)"/g)) texts.push(await read(`/${name}/${id}`))
    if (name === 'deliveries' || name === 'tasks') {
      for (const [, id] of text.matchAll(/"id":"([a-z]+_\w+)"/g)) texts.push(await read(`/${name}/${id}/attempts`))
    }
  }
  return texts.join('\n')
}

function git(cwd: string, args: readonly string[]): string {
  return execFileSync('git', args, { cwd, maxBuffer: 1 << 30 }).toString('latin1')
}
