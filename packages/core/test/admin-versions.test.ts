import { describe, expect, it } from 'vitest'
import { adminOn } from './admin-on-stores.ts'
import { STORE_KINDS } from './every-store.ts'

const draft = { url: 'https://hooks.example.com/in', events: ['*'], rate_limit: { per_second: 5 }, timeout_ms: 2_000 }

describe.each(STORE_KINDS)('If-Match on %s', (kind) => {
  const { setUp } = adminOn(kind)

  it('changes only the version that was read', async () => {
    const { call } = setUp()
    const { body } = await call('POST', '/endpoints', draft)
    const path = `/endpoints/${body.id}`
    const change = (value: object, match?: string) =>
      call('PATCH', path, value, match === undefined ? {} : { 'if-match': match })
    expect((await change({ name: 'a' })).body).toMatchObject({ status: 428, code: 'version-required' })
    const changed = await change({ name: 'a', rate_limit: null }, '"1"')
    expect(changed.body).toMatchObject({ name: 'a', rate_limit: null, version: 2 })
    expect(changed.headers.get('etag')).toBe('"2"')
    for (const stale of ['"1"', 'W/"2"', '2', '"x"', '"0"', '""'])
      expect((await change({ name: 'b' }, stale)).status).toBe(412)
    expect((await change({ name: 'c' }, '*')).body.version).toBe(3)
    expect((await call('POST', `${path}/disable`, { reason: 'too loud' }, { 'if-match': '"1"' })).status).toBe(412)
    expect((await call('POST', `${path}/disable`, { reason: 'too loud' })).body).toMatchObject({
      enabled: false,
      disabled_reason: 'too loud',
    })
    expect((await call('POST', `${path}/enable`)).body.enabled).toBe(true)
    expect((await call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412)
    const removed = await call('DELETE', path)
    expect([removed.status, removed.body]).toEqual([204, ''])
    expect((await call('GET', path)).body.code).toBe('not-found')
  })

  it.each([
    ['PATCH', '', { name: 'mine' }],
    ['POST', '/rotate-secret', {}],
    ['POST', '/disable', {}],
    ['POST', '/enable', undefined],
  ])('lets one of two that read the same version do %s %s', async (method, verb, body) => {
    const { call } = setUp()
    const { body: made } = await call('POST', '/endpoints', draft)
    const change = () => call(method, `/endpoints/${made.id}${verb}`, body, { 'if-match': '"1"' })
    const both = await Promise.all([change(), change()])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    expect((await call('GET', `/endpoints/${made.id}`)).body.version).toBe(2)
  })

  it('takes a list, of which one fits', async () => {
    const { call } = setUp()
    const path = `/endpoints/${(await call('POST', '/endpoints', draft)).body.id}`
    const change = (match: string) => call('PATCH', path, { name: 'a' }, { 'if-match': match })
    for (const none of ['"2", "3"', '"1,2"', 'W/"1", "2"', '*, "1"', '1, "1"', ',']) {
      expect((await change(none)).status).toBe(412)
    }
    expect((await change('"7", "1"')).body.version).toBe(2)
    expect((await change('"x,y" , W/"1","2"')).body.version).toBe(3)
    expect((await call('POST', `${path}/enable`, undefined, { 'if-match': '"1", "2"' })).status).toBe(412)
    expect((await call('PATCH', '/endpoints/none', {}, { 'if-match': '"1", "2"' })).status).toBe(404)
    expect((await call('DELETE', path, undefined, { 'if-match': '"1", "3"' })).status).toBe(204)
  })

  it('keeps what somebody changed while it was about to be removed', async () => {
    const { call, store } = setUp()
    const path = `/endpoints/${(await call('POST', '/endpoints', draft)).body.id}`
    const { get } = store.endpoints
    store.endpoints.get = async (...asked) => {
      const row = await get(...asked)
      store.endpoints.get = get
      if (row !== null) await store.endpoints.put({ ...row, version: 2, name: 'kept' })
      return row
    }
    expect((await call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412)
    expect((await call('GET', path)).body).toMatchObject({ name: 'kept', version: 2 })
    expect((await call('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(204)
  })
})
