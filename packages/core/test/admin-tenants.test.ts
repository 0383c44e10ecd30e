import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vcs } from '../src/index.ts'
import { type DescribedRoute, describedRoutes, everything, setUpAdmin, startReceiver, USER } from './admin-harness.ts'
import { HOOK_TIMEOUT_MS, openStores, STORE_KINDS } from './every-store.ts'
import { deployed, plugin } from './harness.ts'

/** A word that only Globex's things carry. */
const MARK = 'globexonly'

const forge = {
  apiVersion: 1,
  name: 'forge',
  capabilities: async () => ({}),
  inspect: async (repository: string) => inspection(repository),
  connect: () => forge,
} as unknown as Vcs

const publish = plugin({
  publish: {
    on: ['environment.deployed'],
    run: ({ done, event }) => {
      const pull_request = {
        vcs: 'forge',
        repository: `${event.project}/${MARK}`,
        number: 1,
        url: 'https://forge.example/1',
      }
      return done({ outcome: 'created', pull_request, steps: {} })
    },
  },
})

const globex = { [USER]: everything('globex') }
const integration = { vcs: 'forge', repository: `globex/${MARK}`, credential: `tok-${MARK}` }

const routes = await describedRoutes()
const byId = routes.filter(({ path }) => path.includes('{id}'))
const lists = routes.filter(
  ({ capability, method, path }) => capability !== null && method === 'GET' && !path.includes('{id}'),
)
const makers = routes.filter(({ method, path }) => method !== 'GET' && !path.includes('{id}'))
const named = (some: DescribedRoute[]) => some.map((route) => [route.id, route] as const)
const resourceOf = ({ id }: DescribedRoute) => id.split('.')[0] ?? ''
const pathOf = ({ path }: DescribedRoute, guess: string) => path.replace('{id}', guess)

/** Another tenant's ids, by the resource that has them. */
type Theirs = Readonly<Record<string, string>>

/** What each route that makes something is told, with another tenant's ids where it takes any. */
const DRAFTS: Readonly<Record<string, (theirs: Theirs) => object>> = {
  'endpoints.create': () => ({ url: 'https://hooks.example.com/', events: ['*'] }),
  'endpoints.testDraft': () => ({ url: 'http://127.0.0.1:9/' }),
  'deliveries.recover': ({ endpoints }) => ({ endpoint: endpoints, since: '2020-01-01T00:00:00Z' }),
  'integrations.create': () => ({ vcs: 'forge', repository: 'acme/prompts', credential: 'tok' }),
  'integrations.testDraft': () => ({ vcs: 'forge', repository: 'acme/prompts', credential: 'tok' }),
}

describe.each(STORE_KINDS)('two tenants on %s', (kind) => {
  let call: ReturnType<typeof setUpAdmin>['call']
  const theirs: Record<string, string> = {}
  const closing: (() => Promise<unknown>)[] = []
  const guesses = () => [...new Set(Object.values(theirs)), `dep-${MARK}`]

  beforeAll(async () => {
    const stores = await openStores(kind)
    const made = setUpAdmin({}, { plugins: [publish], vcs: [forge], store: stores.open() })
    call = made.call
    const receiver = await startReceiver()
    closing.push(() => made.pullwright.stop(), receiver.close, stores.close)
    receiver.state.status = 400
    const endpoint = await call('POST', '/endpoints', { url: `${receiver.url}?${MARK}`, events: ['*'] }, globex)
    theirs.endpoints = endpoint.body.id
    theirs.integrations = (await call('POST', '/integrations', integration, globex)).body.id
    const data = { ...deployed, app_name: MARK, deployment_id: `dep-${MARK}` }
    theirs.events = (await made.pullwright.as({ project: 'globex' }).emitter.emit('environment.deployed', data)).id
    theirs.deployments = theirs.events
    await made.pullwright.drain()
    theirs.deliveries = (await call('GET', '/deliveries', undefined, globex)).body.data[0].id
    theirs.tasks = (await call('GET', '/tasks?kind=handler', undefined, globex)).body.data[0].id
    const recovery = { endpoint: theirs.endpoints, since: '2020-01-01T00:00:00Z' }
    theirs.jobs = (await call('POST', '/deliveries/recover', recovery, globex)).body.id
    await made.pullwright.drain()
  }, HOOK_TIMEOUT_MS)

  afterAll(async () => {
    for (const close of closing) await close()
  }, HOOK_TIMEOUT_MS)

  it('each have something of every kind that has ids', async () => {
    expect(Object.keys(theirs)).toEqual(expect.arrayContaining(byId.map(resourceOf)))
    for (const route of byId.filter(({ method }) => method === 'GET')) {
      const answer = await call('GET', pathOf(route, theirs[resourceOf(route)] ?? ''), undefined, globex)
      expect([route.id, answer.status]).toEqual([route.id, 200])
      expect(JSON.stringify(answer.body)).not.toMatch(/acme/)
    }
  })

  it.each(named(byId))('do not find each other’s things by %s', async (_id, route) => {
    const body = route.method === 'PATCH' ? { name: 'mine now' } : undefined
    for (const guess of guesses()) {
      const path = pathOf(route, guess)
      const answer = await call(route.method, path, body, { 'if-match': '*' })
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not-found'])
      expect(JSON.stringify([answer.body, [...answer.headers]]).replaceAll(guess, '')).not.toMatch(/globex/i)
      const none = await call(route.method, pathOf(route, 'nothing'), body, { 'if-match': '*' })
      expect(answer.body.detail.replace(guess, '')).toBe(none.body.detail.replace('nothing', ''))
    }
  })

  it.each(named(lists))('see nothing of each other in %s, by whatever it is filtered', async (_id, { path, query }) => {
    const answer = await call('GET', path)
    expect(answer.status).toBe(200)
    expect(JSON.stringify(answer.body)).not.toMatch(/globex/i)
    for (const name of query) {
      for (const guess of [...guesses(), MARK]) {
        const { status, body } = await call('GET', `${path}?${name}=${guess}`)
        if (name === 'cursor') expect([status, body.code]).toEqual([400, 'invalid-cursor'])
        else if (status === 200) expect(JSON.stringify(body.data ?? body)).not.toMatch(/globex/i)
        else expect([status, body.code]).toEqual([400, 'invalid-request'])
      }
    }
    expect((await call('GET', `${path}?project=globex`)).status).toBe(400)
  })

  it.each(named(makers))('cannot be named in what %s is told', async (id, { method, path }) => {
    const draft = DRAFTS[id]?.(theirs)
    expect(draft, 'a draft for every route that takes one').toBeDefined()
    expect((await call(method, path, { ...draft, project: 'globex' })).status).toBe(422)
    const answer = await call(method, path, draft)
    if (JSON.stringify(draft).includes(theirs.endpoints ?? '')) expect(answer.body.code).toBe('not-found')
    expect(JSON.stringify(answer.body)).not.toMatch(/globex/i)
  })

  it('share no idempotency keys', async () => {
    const draft = { url: 'https://hooks.example.com/', events: ['*'] }
    const key = { 'idempotency-key': 'same' }
    const own = await call('POST', '/endpoints', draft, key)
    const other = await call('POST', '/endpoints', draft, { ...key, ...globex })
    expect([own.body.project, other.body.project]).toEqual(['acme', 'globex'])
  })

  it('left everything as it was', async () => {
    expect((await call('GET', `/endpoints/${theirs.endpoints}`, undefined, globex)).body).toMatchObject({
      version: 1,
      enabled: true,
    })
    expect((await call('GET', `/integrations/${theirs.integrations}`, undefined, globex)).body.version).toBe(1)
    expect((await call('GET', `/tasks/${theirs.tasks}`, undefined, globex)).body.status).toBe('done')
  })
})

function inspection(repository: string) {
  return {
    ...{ repository, ok: true, defaultBranch: 'main', visibility: 'private', missing: [], problems: [] },
    ...{ autoMergeAllowed: null, mergeMethods: [], credentialExpiresAt: null },
  }
}
