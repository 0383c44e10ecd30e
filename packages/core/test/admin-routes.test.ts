import { afterAll, describe, expect, it } from 'vitest'
import type { Capability, Vcs } from '../src/index.ts'
import { type Answer, type DescribedRoute, describedRoutes, setUpAdmin, USER } from './admin-harness.ts'

const routes = await describedRoutes()
const asked = routes.filter(({ capability }) => capability !== null)
const changing = routes.filter(({ method }) => method !== 'GET')
const named = (some: DescribedRoute[]) => some.map((route) => [`${route.method} ${route.path}`, route] as const)
const at = ({ path }: DescribedRoute, id = 'nothing') => path.replace('{id}', id)
const CAPABILITIES: Capability[] = ['view', 'manage', 'retry', 'approve']

const inspected = {
  ...{ repository: 'acme/prompts', ok: true, defaultBranch: 'main', visibility: 'private', missing: [], problems: [] },
  ...{ autoMergeAllowed: null, mergeMethods: [], credentialExpiresAt: null },
}
const forge = {
  ...{ apiVersion: 1, name: 'forge', capabilities: async () => ({}), inspect: async () => inspected },
  connect: () => forge,
} as unknown as Vcs

const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

function setUp(...[options]: Parameters<typeof setUpAdmin>) {
  const made = setUpAdmin(options, { vcs: [forge] })
  closing.push(() => made.pullwright.stop())
  return made
}

/** A problem as RFC 9457 has it, of this status and code. */
function expectProblem({ status, headers, body }: Answer, expected: number, code: string) {
  expect([status, body.code, headers.get('content-type')]).toEqual([
    ...[expected, code, 'application/problem+json; charset=utf-8'],
  ])
  expect(body).toMatchObject({ type: `urn:pullwright:problem:${code}`, title: expect.any(String), status })
}

describe('every route of the OpenAPI document', () => {
  const { call, handler } = setUp({ allowedOrigins: [] })

  it('that asks nobody tells of the process, and nothing of a tenant', () => {
    const open = routes.filter(({ capability }) => capability === null)
    expect(open.map(({ path }) => path).sort()).toEqual(['/healthz', '/openapi.json', '/readyz'])
  })

  it.each(named(asked))('%s opens to its own capability and to no other', async (_name, route) => {
    const { method, capability } = route
    expect(capability === 'view').toBe(method === 'GET')
    expectProblem(await call(method, at(route), undefined, { [USER]: '' }), 500, 'failed')
    const nobody = await handler(new Request(`https://host.example/api/v1${at(route)}`, { method }))
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    for (const held of ['', ...CAPABILITIES.filter((one) => one !== capability), 'view,manage,retry,approve']) {
      const may = held.split(',').includes(capability ?? '')
      const answer = await call(method, at(route), undefined, { [USER]: `acme:jane:${held}` })
      if (may) expect([401, 403]).not.toContain(answer.status)
      else expectProblem(answer, 403, 'forbidden')
    }
    const sole = await call(method, at(route), undefined, { [USER]: `acme:jane:${capability}` })
    expect([401, 403]).not.toContain(sole.status)
  })

  it.each(named(changing))('%s refuses a cookie that another site sends', async (_name, route) => {
    for (const origin of ['https://evil.example', 'null']) {
      const answer = await call(route.method, at(route), undefined, { cookie: 'session=1', origin })
      expectProblem(answer, 403, 'cross-origin')
    }
  })

  it.each(named(changing))('%s takes JSON and nothing else', async (_name, route) => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']
    for (const type of types) {
      const answer = await call(route.method, at(route), '{}', { 'content-type': type, 'if-match': '*' })
      expectProblem(answer, 415, 'unsupported-media-type')
    }
    if (!route.takesBody) return
    expectProblem(await call(route.method, at(route), '{"a":', { 'if-match': '*' }), 400, 'invalid-request')
    const unknown = await call(route.method, at(route), { no_such_member: 1 }, { 'if-match': '*' })
    expectProblem(unknown, 422, 'invalid-argument')
  })

  it.each(named(routes))('%s refuses parameters that it does not have', async (_name, route) => {
    const answer = await call(route.method, `${at(route)}?no_such_parameter=1`)
    expectProblem(answer, 400, 'invalid-request')
  })

  it.each(named(routes.filter(({ needsMatch }) => needsMatch)))('%s wants a version', async (_name, route) => {
    expectProblem(await call(route.method, at(route), {}), 428, 'version-required')
    expectProblem(await call(route.method, at(route), {}, { 'if-match': '"nonsense"' }), 412, 'version-mismatch')
  })

  it.each(named(asked))('%s counts for its caller, and says when to come again', async (_name, route) => {
    const limited = setUp({ rateLimit: { requests: 1, perSeconds: 60 } })
    await limited.call(route.method, at(route))
    const refused = await limited.call(route.method, at(route))
    expectProblem(refused, 429, 'rate-limited')
    expect(refused.headers.get('retry-after')).toBe('60')
    expect((await limited.call(route.method, at(route), undefined, { [USER]: 'acme:ada:' })).status).toBe(403)
  })

  const paths = [...new Set(routes.map(({ path }) => path))]
  it.each(paths)('%s says which methods it has', async (path) => {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      if (methods.includes(method)) continue
      const answer = await call(method, path.replace('{id}', 'nothing'))
      expectProblem(answer, 405, 'method-not-allowed')
      const allowed = methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))
      expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(allowed.sort())
    }
  })

  it('is answered with a problem where there is none', async () => {
    for (const path of ['/', '/nothing', '/endpoints/a/b', '/endpoints/a/b/c', '/v2'])
      expectProblem(await call('GET', path), 404, 'not-found')
  })
})

describe('a secret', () => {
  it('is in no answer but that of its creation or rotation', async () => {
    const { call, store } = setUp()
    const token = ['tok', 'En', '91x7Q2'].join('')
    const draft = { url: 'https://hooks.example.com/in', events: ['*'], headers: { 'X-Api-Key': token } }
    const endpoint = (await call('POST', '/endpoints', draft)).body
    const turned = (await call('POST', `/endpoints/${endpoint.id}/rotate-secret`)).body
    const connection = { vcs: 'forge', repository: 'acme/prompts', credential: token }
    const integration = (await call('POST', '/integrations', connection)).body
    const ids: Record<string, string> = { endpoints: endpoint.id, integrations: integration.id }
    const bodies: Record<string, object> = { 'integrations.create': connection, 'integrations.testDraft': connection }
    const answers = [integration]
    for (const route of routes.filter(({ id }) => !/^endpoints\.(create|rotateSecret|test\w*|remove)$/.test(id))) {
      const id = ids[route.id.split('.')[0] ?? ''] ?? 'nothing'
      const body = bodies[route.id] ?? (route.method === 'PATCH' ? { name: 'renamed' } : undefined)
      const answer = await call(route.method, at(route, id), body, { 'if-match': '*' })
      answers.push(answer.body, [...answer.headers])
    }
    for (const secret of [token, endpoint.secret, turned.secret]) {
      expect(JSON.stringify(answers)).not.toContain(secret)
      expect(JSON.stringify(await store.query.audit({ project: 'acme' }))).not.toContain(secret)
    }
  })
})
