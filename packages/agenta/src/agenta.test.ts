import { type InboundRequest, type InboundSource, isPullwrightError } from '@pullwright/core'
import { type AgentaDelivery, fakeAgenta } from '@pullwright/testkit'
import { describe, expect, it } from 'vitest'
import { type AgentaOptions, agenta } from './agenta.ts'

const AT = Date.UTC(2026, 3, 7, 12)

async function deliveryOf(mode: 'signature' | 'authorization' = 'signature'): Promise<AgentaDelivery> {
  const fake = await fakeAgenta({ secret: 'new secret', apiKey: 'k', mode, now: () => AT })
  const delivery = fake.commitEnvironment({
    deploy: [fake.commitRevision({ app: 'bot', parameters: {} })],
    message: 'Größer, 更好 🤖',
  })
  await fake.close()
  return delivery
}

const requestOf = ({ headers, body }: Pick<AgentaDelivery, 'headers' | 'body'>, receivedAt = AT): InboundRequest => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  body: new TextEncoder().encode(body),
  receivedAt,
})

function sourceOf(options: Partial<AgentaOptions> = {}): InboundSource {
  const source = agenta({ secret: 'new secret', apiKey: 'k', ...options }).sources?.[0]
  if (source === undefined) throw new Error('No source')
  return source
}

const eventOf = (source: InboundSource, { payload, headers, body }: AgentaDelivery) =>
  source.normalise({ ...requestOf({ headers, body }), json: payload })[0]

describe('the source of agenta()', () => {
  it('lets in what Agenta signed, also with a secret that is being replaced', async () => {
    const delivery = requestOf(await deliveryOf())
    expect(sourceOf().verify(delivery)).toEqual({ ok: true })
    expect(sourceOf({ secret: ['old secret', 'new secret'] }).verify(delivery)).toEqual({ ok: true })
    expect(sourceOf({ secret: 'old secret' }).verify(delivery)).toEqual({ ok: false, reason: 'no-match' })
  })

  it('keeps out one changed byte, a time long past, and a header that is missing', async () => {
    const delivery = await deliveryOf()
    const { verify } = sourceOf()
    expect(verify(requestOf({ ...delivery, body: `${delivery.body} ` }))).toEqual({ ok: false, reason: 'no-match' })
    expect(verify(requestOf(delivery, AT + 301_000))).toEqual({ ok: false, reason: 'timestamp-too-old' })
    expect(verify(requestOf(delivery, AT - 301_000))).toEqual({ ok: false, reason: 'timestamp-too-new' })
    expect(verify(requestOf({ ...delivery, headers: {} }))).toEqual({ ok: false, reason: 'missing-header' })
    expect(sourceOf({ toleranceSeconds: 600 }).verify(requestOf(delivery, AT + 301_000))).toEqual({ ok: true })
  })

  it('takes the secret itself in the other mode, and only there', async () => {
    const delivery = await deliveryOf('authorization')
    const { verify } = sourceOf({ mode: 'authorization', secret: ['old secret', 'new secret'] })
    expect(verify(requestOf(delivery))).toEqual({ ok: true })
    const authorization = (value: string) => requestOf({ body: delivery.body, headers: { Authorization: value } })
    expect(verify(authorization('Bearer new secret'))).toEqual({ ok: true })
    expect(verify(authorization('new secre'))).toEqual({ ok: false, reason: 'no-match' })
    expect(verify(authorization(''))).toEqual({ ok: false, reason: 'no-match' })
    expect(verify(requestOf({ ...delivery, headers: {} }))).toEqual({ ok: false, reason: 'missing-header' })
    expect(sourceOf().verify(requestOf(delivery))).toEqual({ ok: false, reason: 'missing-header' })
    expect(verify(requestOf(await deliveryOf()))).toEqual({ ok: false, reason: 'missing-header' })
  })

  it('knows a delivery by its id', async () => {
    const delivery = await deliveryOf()
    const { deliveryId } = sourceOf()
    expect(deliveryId(requestOf(delivery))).toBe(delivery.deliveryId)
    expect(deliveryId(requestOf({ ...delivery, headers: { 'Idempotency-Key': 'x' } }))).toBe('x')
    expect(deliveryId(requestOf({ ...delivery, headers: {} }))).toBeNull()
  })

  it('records one event for one of Agenta, however many subscriptions bring it', async () => {
    const delivery = await deliveryOf()
    expect(eventOf(sourceOf(), delivery)).toMatchObject({
      type: 'agenta.environment.committed',
      project: 'default',
      idempotencyKey: `agenta:${delivery.eventId}`,
      occurredAt: AT,
      data: { commit_message: 'Größer, 更好 🤖', changes: [{ app: 'bot', kind: 'created' }] },
    })
  })

  it('maps the project of Agenta to ours, and refuses one that is mapped to none', async () => {
    const delivery = await deliveryOf()
    const id = '019c0000-0000-7000-8000-000000000001'
    expect(eventOf(sourceOf({ project: 'acme' }), delivery)?.project).toBe('acme')
    expect(eventOf(sourceOf({ project: { [id]: 'tenant-1' } }), delivery)?.project).toBe('tenant-1')
    expect(eventOf(sourceOf({ project: (agentaId) => `of-${agentaId}` }), delivery)?.project).toBe(`of-${id}`)
    expect(() => eventOf(sourceOf({ project: { other: 'x' } }), delivery)).toThrow(/No project is mapped/)
    expect(() => eventOf(sourceOf({ project: () => undefined }), delivery)).toThrow(/No project is mapped/)
  })
})

describe('agenta()', () => {
  it('has a name of its own for each Agenta', () => {
    const plugin = agenta({ secret: 's', name: 'agenta-eu' })
    expect([plugin.name, plugin.sources?.[0]?.name, plugin.events?.[0]?.type, plugin.handlers?.expand?.on]).toEqual([
      'agenta-eu',
      'agenta-eu',
      'agenta-eu.environment.committed',
      ['agenta-eu.environment.committed'],
    ])
  })

  it.each([
    { secret: '' },
    { secret: [] },
    { secret: undefined },
    { secret: 's', baseUrl: 'cloud.agenta.ai' },
    { secret: 's', baseUrl: 'file:///etc' },
    { secret: 's', baseUrl: 'https://user:word@host.example/api' },
    { secret: 's', name: 'Agenta EU' },
  ])('refuses %j and says what is wrong', (options) => {
    let thrown: unknown
    try {
      agenta(options)
    } catch (error) {
      thrown = error
    }
    expect(isPullwrightError(thrown) && thrown.code).toBe('invalid-argument')
  })

  it('warns once at the start when there is no key', async () => {
    const warnings: string[] = []
    const warn = (_fields: object, message: string) => void warnings.push(message)
    const log = { debug: warn, info: warn, warn, error: warn }
    const vcs = Object.assign(() => {
      throw new Error('unused')
    })
    const context = { log, vcs } as never
    await agenta({ secret: 's' }).start?.(context)
    await agenta({ secret: 's', apiKey: 'k' }).start?.(context)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch('apiKey')
  })
})
