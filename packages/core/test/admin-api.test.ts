import { describe, expect, it } from 'vitest'
import { startReceiver } from './admin-harness.ts'
import { adminOn } from './admin-on-stores.ts'
import { STORE_KINDS } from './every-store.ts'
import { deployed } from './harness.ts'

const draft = { url: 'https://hooks.example.com/in', events: ['*'], rate_limit: { per_second: 5 }, timeout_ms: 2_000 }

describe.each(STORE_KINDS)('the admin API on %s', (kind) => {
  const { setUp, closing } = adminOn(kind)

  it('makes an endpoint, shows its secret once, and knows who did it', async () => {
    const { call } = setUp()
    const made = await call('POST', '/endpoints', { ...draft, headers: { Authorization: 'Bearer of-bad-news' } })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      ...{ project: 'acme', version: 1, rate_limit: { per_second: 5 }, timeout_ms: 2_000 },
      ...{ secret: expect.stringMatching(/^whsec_/), created_at: '2026-01-01T00:00:00.000Z' },
    })
    expect([made.headers.get('etag'), made.headers.get('location')]).toEqual(['"1"', `endpoints/${made.body.id}`])
    const seen = await call('GET', `/endpoints/${made.body.id}`)
    const { secret, ...rest } = made.body
    expect(seen.body).toEqual(rest)
    expect(JSON.stringify(seen.body)).not.toMatch(/bad-news|whsec_/)
    const turned = await call('POST', `/endpoints/${made.body.id}/rotate-secret`, { overlap_seconds: 60 })
    expect(turned.body.secret).not.toBe(secret)
    expect(turned.body.secret_ages).toHaveLength(2)
    const { body: audit } = await call('GET', '/audit')
    expect(audit.data.map(({ action, actor }: Record<string, string>) => [action, actor])).toEqual([
      ['endpoint.create', 'jane'],
      ['endpoint.rotate-secret', 'jane'],
    ])
    expect(JSON.stringify(audit)).not.toMatch(/bad-news|whsec_/)
  })

  it('pages through everything, each once, newest first', async () => {
    const { pullwright, call } = setUp()
    const emitted: string[] = []
    for (let revision = 0; revision < 7; revision++) {
      emitted.push(
        (await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', { ...deployed, revision })).id,
      )
    }
    for (const list of ['events', 'deployments']) {
      const seen: string[] = []
      let cursor = ''
      do {
        const { body } = await call('GET', `/${list}?limit=3&app=support-bot${cursor}`)
        seen.push(...body.data.map(({ id }: { id: string }) => id))
        cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`
      } while (cursor !== '')
      expect(seen).toEqual([...emitted].reverse())
    }
    expect((await call('GET', '/events?app=other')).body.data).toEqual([])
  })

  it('shows an event whose time was given in another unit, and all beside it', async () => {
    const { pullwright, call } = setUp()
    const occurredAt = new Date(Date.UTC(2026, 0, 1) * 1000)
    await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', deployed, { occurredAt })
    await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', { ...deployed, revision: 2 })
    for (const path of ['/events', '/deployments']) expect((await call('GET', path)).body.data).toHaveLength(2)
    expect((await call('GET', '/readyz')).status).toBe(200)
  })

  it('shows deliveries with their attempts, retries them, and cancels tasks', async () => {
    const receiver = await startReceiver()
    closing.push(receiver.close)
    receiver.state.status = 400
    const { pullwright, call } = setUp()
    const endpoint = (await call('POST', '/endpoints', { ...draft, url: receiver.url, rate_limit: null })).body
    await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', deployed)
    await pullwright.drain()
    const [listed] = (await call('GET', `/deliveries?endpoint=${endpoint.id}&status=dead&status=retrying`)).body.data
    expect(listed).toMatchObject({
      endpoint_id: endpoint.id,
      status: 'dead',
      attempts: 1,
      event_type: 'environment.deployed',
    })
    const shown = (await call('GET', `/deliveries/${listed.id}`)).body
    expect(JSON.parse(shown.body)).toMatchObject({ event: 'environment.deployed', delivery_id: listed.id })
    expect(shown.history).toMatchObject([{ number: 1, outcome: 'dead', details: { response: { status: 400 } } }])
    expect((await call('GET', `/deliveries/${listed.id}/attempts`)).body.data).toEqual(shown.history)
    receiver.state.status = 204
    expect((await call('POST', `/deliveries/${listed.id}/retry`)).body.status).toBe('pending')
    expect((await call('POST', `/tasks/${listed.id}/cancel`)).body.status).toBe('cancelled')
    expect((await call('POST', `/tasks/${listed.id}/cancel`)).body.code).toBe('conflict')
    expect((await call('POST', `/tasks/${listed.id}/retry`)).status).toBe(200)
    await pullwright.drain()
    expect((await call('GET', `/tasks/${listed.id}`)).body).toMatchObject({
      status: 'done',
      kind: 'endpoint',
      handler: null,
    })
    expect((await call('POST', `/endpoints/${endpoint.id}/test`)).body).toMatchObject({ ok: true, status: 204 })
    expect((await call('POST', '/endpoints/test', { url: receiver.url })).body.ok).toBe(true)
    const { data } = (await call('GET', '/audit')).body
    expect(data.map(({ action }: { action: string }) => action)).toEqual([
      ...['endpoint.create', 'delivery.retry', 'task.cancel', 'task.cancel', 'task.retry'],
    ])
    expect((await call('GET', '/audit?action=delivery.retry')).body.data).toMatchObject([
      { actor: 'jane', target: listed.id },
    ])
  })

  it('exports the audit log as lines that verify, and as CSV', async () => {
    const { call } = setUp()
    await call('POST', '/endpoints', draft)
    const lines = await call('GET', '/audit/export')
    expect(lines.headers.get('content-type')).toMatch('application/jsonl')
    expect(JSON.parse(lines.body)).toMatchObject({ action: 'endpoint.create', sequence: 1 })
    expect((await call('GET', '/audit/export?format=csv')).body).toMatch(/^sequence,time,project/)
    expect((await call('GET', '/audit/verify')).body).toMatchObject({ ok: true, count: 1 })
  })
})
