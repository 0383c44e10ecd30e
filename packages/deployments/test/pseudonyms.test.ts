import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Sink, startSink } from '../../core/src/http/test-sink.ts'
import { deployment, type Forge, forge, pullwrightOn, REPOSITORY } from './harness.ts'

const EMAIL = 'jane@example.com'
const PSEUDONYM = /user-[0-9a-f]{10}/g

let stage: Forge
let sink: Sink

beforeEach(async () => {
  stage = await forge()
  sink = await startSink()
})

afterEach(async () => {
  await sink.close()
  await stage.fake.close()
})

const BRANCH = 'people/{{project}}'
const PATH = 'people/{{project}}.json'

/** One deployment in each of two projects, by a route and an endpoint that name nobody. */
async function deployedTwice(flow: { pseudonymKey?: string }) {
  const routes = [{ pseudonymise: true, branch: BRANCH, path: PATH }]
  const egress = { allowHttp: true, allow: ['127.0.0.0/8'] }
  const pullwright = pullwrightOn(stage, routes, { egress, flow: { ...unkeyed, ...flow } })
  const names: Record<string, { route: string; endpoint: string }> = {}
  for (const project of ['shop', 'bank']) {
    const payload = { pseudonymise: true, include: ['config' as const] }
    await pullwright.webhooks.endpoints.create({ project, url: sink.url, events: ['environment.*'], payload })
    const data = deployment({ config: { prompt: `Ask ${EMAIL} first.` } })
    await pullwright.emitter.emit('environment.deployed', data, { project })
    await pullwright.drain()
    const file = (await stage.fake.state.file(REPOSITORY, `people/${project}.json`, `people/${project}`)) ?? ''
    const [pullRequest] = (await stage.fake.state.pullRequests(REPOSITORY)).toReversed()
    const body = String(sink.received.at(-1)?.body)
    expect([file, pullRequest?.body, body].join('\n')).not.toContain(EMAIL)
    names[project] = { route: onlyName(file), endpoint: onlyName(body) }
  }
  return { pullwright, ...(names as Record<'shop' | 'bank', { route: string; endpoint: string }>) }
}

const unkeyed = { pseudonymKey: undefined } as object

function onlyName(text: string): string {
  const [name = 'nobody', ...others] = new Set(text.match(PSEUDONYM))
  expect(others).toEqual([])
  return name
}

it('a route without a key names a person as endpoints do, differently in each project, and reveal tells who it is', async () => {
  const { pullwright, shop, bank } = await deployedTwice({})
  expect(shop.route).toBe(shop.endpoint)
  expect(bank.route).toBe(bank.endpoint)
  expect(shop.route).not.toBe(bank.route)
  expect(await pullwright.privacy.reveal(shop.route, { project: 'shop' })).toBe(EMAIL)
  expect(await pullwright.privacy.reveal(shop.route, { project: 'bank' })).toBeNull()
  await pullwright.stop()
})

it('a key of the host’s own is taken where it is given, and reveal cannot reverse it', async () => {
  const { pullwright, shop, bank } = await deployedTwice({ pseudonymKey: 'k'.repeat(32) })
  expect(shop.route).toBe(bank.route)
  expect(shop.route).not.toBe(shop.endpoint)
  expect(await pullwright.privacy.reveal(shop.route, { project: 'shop' })).toBeNull()
  await pullwright.stop()
})
