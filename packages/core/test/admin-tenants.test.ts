import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS, type Operation, type OperationId } from '../src/http-api/operations.ts'
import type { Vcs } from '../src/index.ts'
import { everything, setUpAdmin, startReceiver, USER } from './admin-harness.ts'
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

const { pullwright, call } = setUpAdmin({}, { plugins: [publish], vcs: [forge] })
/** Another tenant's ids, by the resource that has them. */
const theirs: Record<string, string> = {}
const closing: (() => Promise<unknown>)[] = [() => pullwright.stop()]

const globex = { [USER]: everything('globex') }
const integration = { vcs: 'forge', repository: `globex/${MARK}`, credential: `tok-${MARK}` }

beforeAll(async () => {
  const receiver = await startReceiver()
  closing.unshift(receiver.close)
  receiver.state.status = 400
  const endpoint = await call('POST', '/endpoints', { url: `${receiver.url}?${MARK}`, events: ['*'] }, globex)
  theirs.endpoints = endpoint.body.id
  theirs.integrations = (await call('POST', '/integrations', integration, globex)).body.id
  const data = { ...deployed, app_name: MARK, deployment_id: `dep-${MARK}` }
  theirs.events = (await pullwright.as({ project: 'globex' }).emitter.emit('environment.deployed', data)).id
  theirs.deployments = theirs.events ?? ''
  await pullwright.drain()
  theirs.deliveries = (await call('GET', '/deliveries', undefined, globex)).body.data[0].id
  theirs.tasks = (await call('GET', '/tasks?kind=handler', undefined, globex)).body.data[0].id
  const recovery = { endpoint: theirs.endpoints, since: '2020-01-01T00:00:00Z' }
  theirs.jobs = (await call('POST', '/deliveries/recover', recovery, globex)).body.id
  await pullwright.drain()
})

afterAll(async () => {
  for (const close of closing) await close()
})

const ids = Object.keys(OPERATIONS) as OperationId[]
const byId = ids.filter((id) => OPERATIONS[id].path.includes('{id}'))
const lists = ids.filter(
  (id) => OPERATIONS[id].access !== 'public' && !byId.includes(id) && OPERATIONS[id].method === 'GET',
)
const resourceOf = (id: OperationId) => id.split('.')[0] ?? ''

/** What each change needs to be let through to the question whose it is. */
const BODIES: Partial<Record<OperationId, object>> = {
  'endpoints.update': { name: 'mine now' },
  'integrations.update': { name: 'mine now' },
}

describe('two tenants', () => {
  it('each have something of every kind', async () => {
    expect(Object.values(theirs).every((id) => id !== '')).toBe(true)
    for (const id of byId.filter((id) => OPERATIONS[id].method === 'GET')) {
      const answer = await call('GET', pathOf(id, theirs[resourceOf(id)] ?? ''), undefined, globex)
      expect([id, answer.status]).toEqual([id, 200])
    }
  })

  it.each(byId)('do not find each other’s things by %s', async (id) => {
    const { method }: Operation = OPERATIONS[id]
    for (const guess of [...new Set(Object.values(theirs)), `dep-${MARK}`]) {
      const path = pathOf(id, guess)
      const answer = await call(method, path, BODIES[id], { 'if-match': '*' })
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not-found'])
      expect(JSON.stringify([answer.body, [...answer.headers]]).replaceAll(guess, '')).not.toMatch(/globex/i)
      const none = await call(method, pathOf(id, 'nothing'), BODIES[id], { 'if-match': '*' })
      expect(answer.body.detail.replace(guess, '')).toBe(none.body.detail.replace('nothing', ''))
    }
  })

  it.each(lists)('see nothing of each other in %s', async (id) => {
    const { path }: Operation = OPERATIONS[id]
    const answer = await call('GET', path)
    expect(answer.status).toBe(200)
    expect(JSON.stringify(answer.body)).not.toMatch(/globex/i)
  })

  it.each(['endpoints', 'deliveries', 'events', 'tasks', 'deployments', 'integrations'])(
    'get nowhere with each other’s cursors in %s',
    async (resource) => {
      for (const guess of new Set(Object.values(theirs))) {
        const { status, body } = await call('GET', `/${resource}?cursor=${guess}`)
        expect([status, body.code]).toEqual([400, 'invalid-cursor'])
      }
    },
  )

  it.each([
    ['/deliveries?endpoint=', 'endpoints'],
    ['/deliveries?event=', 'events'],
    ['/tasks?event=', 'events'],
    ['/events?root=', 'events'],
    ['/audit?action=', 'endpoints'],
  ])('find nothing by each other’s ids in %s', async (path, resource) => {
    expect((await call('GET', `${path}${theirs[resource]}`)).body.data).toEqual([])
  })

  it('cannot be named in a body or a query', async () => {
    const draft = { url: 'https://hooks.example.com/', events: ['*'] }
    expect((await call('POST', '/endpoints', { ...draft, project: 'globex' })).status).toBe(422)
    expect((await call('POST', '/integrations', { ...integration, project: 'globex' })).status).toBe(422)
    for (const id of lists) expect((await call('GET', `${OPERATIONS[id].path}?project=globex`)).status).toBe(400)
    const recovery = { endpoint: theirs.endpoints, since: '2020-01-01T00:00:00Z' }
    expect((await call('POST', '/deliveries/recover', recovery)).body.code).toBe('not-found')
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

function pathOf(id: OperationId, guess: string): string {
  return OPERATIONS[id].path.replace('{id}', guess)
}

function inspection(repository: string) {
  return {
    ...{ repository, ok: true, defaultBranch: 'main', visibility: 'private', missing: [], problems: [] },
    ...{ autoMergeAllowed: null, mergeMethods: [], credentialExpiresAt: null },
  }
}
