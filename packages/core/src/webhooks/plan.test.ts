import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { DEFAULT_SETTINGS, type EndpointPayload } from './endpoint-settings.ts'
import { endpointNeeds, endpointRetry, matchesEndpoint, matchesType, planDelivery } from './plan.ts'
import { anEndpoint, anEvent, START } from './test-records.ts'

interface Wire {
  data: JsonObject
  truncated?: boolean
}

const wire = (body: string | null): Wire & JsonObject => JSON.parse(body ?? 'null')
const payload = (facts: Partial<EndpointPayload>) => ({ payload: { ...DEFAULT_SETTINGS.payload, ...facts } })
const bodyOf = (facts: Partial<EndpointPayload>, event = anEvent()) =>
  planDelivery(anEndpoint(payload(facts)), event, 'dlv_1').body

describe('types', () => {
  test.each([
    ['*', 'environment.deployed', true],
    ['environment.deployed', 'environment.deployed', true],
    ['environment.*', 'environment.deployed', true],
    ['pull_request.*', 'pull_request.review.submitted', true],
    ['*.failed', 'deployment.failed', true],
    ['*.failed', 'a.b.failed', false],
    ['environment.*', 'environment', false],
    ['environment.*', 'environments.deployed', false],
    ['environment', 'environment.deployed', false],
    ['environment.deployed', 'environmentxdeployed', false],
    ['Environment.deployed', 'environment.deployed', false],
  ])('%s and %s: %s', (pattern, type, expected) => {
    expect(matchesType([pattern], type)).toBe(expected)
  })

  test('any pattern of several is enough, and none matches nothing', () => {
    expect(matchesType(['a.b', 'environment.*'], 'environment.deployed')).toBe(true)
    expect(matchesType([], 'environment.deployed')).toBe(false)
  })

  test('a type matches itself and every prefix of itself with a star', () => {
    const part = fc.stringMatching(/^[a-z_]{1,6}$/)
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.nat(4), (parts, cut) => {
        const type = parts.join('.')
        expect(matchesType([type], type)).toBe(true)
        const prefix = [...parts.slice(0, Math.min(cut, parts.length - 1)), '*'].join('.')
        expect(matchesType([prefix], type)).toBe(true)
      }),
    )
  })
})

describe('filters', () => {
  const filter = (facts: Partial<typeof DEFAULT_SETTINGS.filter>, row = {}) =>
    matchesEndpoint(anEndpoint({ filter: { ...DEFAULT_SETTINGS.filter, ...facts } }, row), anEvent())

  test('project, type, environment, app and attributes all have to fit', () => {
    expect(filter({})).toBe(true)
    expect(filter({}, { project: 'other' })).toBe(false)
    expect(filter({}, { events: ['pull_request.*'] })).toBe(false)
    expect(filter({ environment: ['staging', 'production'] })).toBe(true)
    expect(filter({ environment: ['staging'] })).toBe(false)
    expect(filter({ app: ['support-bot'] })).toBe(true)
    expect(filter({ app: ['other'] })).toBe(false)
    expect(filter({ environment: ['production'], app: ['other'] })).toBe(false)
    expect(filter({ attributes: { app_name: ['support-bot'], environment: ['production'] } })).toBe(true)
    expect(filter({ attributes: { missing: ['x'] } })).toBe(false)
  })

  test('a row without settings takes everything', () => {
    expect(matchesEndpoint({ ...anEndpoint(), settings: null }, anEvent())).toBe(true)
    expect(matchesEndpoint({ ...anEndpoint(), settings: { filter: {} } }, anEvent())).toBe(true)
  })
})

describe('the task', () => {
  test('targets the endpoint and carries the wire envelope', () => {
    const task = planDelivery(anEndpoint(), anEvent(), 'dlv_1')
    expect(task).toMatchObject({ id: 'dlv_1', target: { kind: 'endpoint', endpointId: 'end_1' }, dueAt: START })
    expect(wire(task.body)).toEqual({
      event: 'environment.deployed',
      timestamp: '2026-01-01T00:00:00.000Z',
      delivery_id: 'dlv_1',
      project_id: 'default',
      data: { app_name: 'support-bot', environment: 'production', revision: 3 },
    })
  })

  test('is ordered by endpoint and ordering key where that is asked for', () => {
    const keyed = anEvent({ orderingKey: 'bot:production' })
    const plan = planDelivery(anEndpoint({ ordering: 'key' }), keyed, 'dlv_1')
    expect(plan).toMatchObject({ ordered: true, supersede: false })
    const other = planDelivery(anEndpoint({ ordering: 'key' }, { id: 'end_2' }), keyed, 'dlv_2')
    expect(other.concurrencyKey).not.toBe(plan.concurrencyKey)
    expect(planDelivery(anEndpoint(), keyed, 'dlv_1')).toMatchObject({ ordered: false, concurrencyKey: null })
    const unkeyed = planDelivery(anEndpoint({ ordering: 'key' }), anEvent(), 'dlv_1')
    expect(unkeyed).toMatchObject({ ordered: false, concurrencyKey: null })
  })

  test('the retry schedule is the endpoint’s own', () => {
    expect(endpointRetry(anEndpoint())(1, 0)).toBe(5_000)
    expect(endpointRetry(anEndpoint({ retry: 'agenta' }))(4, 0)).toBeNull()
    expect(endpointRetry(anEndpoint({ retry: { delays: [7], jitter: 0 } }))(1)).toBe(7)
  })
})

describe('the body', () => {
  const deployed = anEvent({
    data: {
      app_name: 'support-bot',
      url: 'https://agenta.test/d/1',
      config_diff: { added: { a: 1, b: 2 }, modified: {}, removed: { c: 3 } },
      commit_message: 'm'.repeat(2_000),
    },
    kept: { config: { model: 'small' }, previous_config: { model: 'large' } },
  })

  test('carries configurations only where they are asked for', () => {
    expect(wire(bodyOf({}, deployed)).data).not.toHaveProperty('config')
    expect(wire(bodyOf({ include: ['config'] }, deployed)).data).toMatchObject({ config: { model: 'small' } })
    expect(endpointNeeds(anEndpoint(payload({ include: ['config'] })))).toEqual(['config'])
    expect(endpointNeeds(anEndpoint(payload({ mode: 'summary', include: ['config'] })))).toEqual([])
  })

  test('carries chosen members only, in their places', () => {
    const fields = ['app_name', 'config_diff.added', 'config_diff.missing', 'nothing', '__proto__.x']
    expect(wire(bodyOf({ fields }, deployed)).data).toEqual({
      app_name: 'support-bot',
      config_diff: { added: { a: 1, b: 2 } },
    })
    expect(deployed.data).toHaveProperty('config_diff.removed')
  })

  test('carries places below members and in lists', () => {
    const config = { llm_config: { model: 'm', temperature: 1 }, messages: [{ role: 'system', content: 'x' }] }
    const event = anEvent({ data: { app_name: 'a' }, kept: { config } })
    const fields = ['config.llm_config.t*', 'config.messages[*].role']
    expect(wire(bodyOf({ fields, include: ['config'] }, event)).data).toEqual({
      config: { llm_config: { temperature: 1 }, messages: [{ role: 'system' }] },
    })
    expect(wire(bodyOf({ fields: ['nothing'] }, event)).data).toEqual({})
  })

  test('as a summary counts changes instead of listing them', () => {
    const { data, truncated } = wire(bodyOf({ mode: 'summary' }, deployed))
    expect(data).toEqual({
      app_name: 'support-bot',
      url: 'https://agenta.test/d/1',
      changes: { added: 2, modified: 0, removed: 1 },
    })
    expect(truncated).toBeUndefined()
  })

  test('over the limit becomes a summary that says so, with the link', () => {
    const large = anEvent({
      data: { app_name: 'bot', url: 'https://agenta.test/d/1', config_diff: { added: { a: 'x'.repeat(300_000) } } },
    })
    const { data, truncated } = wire(bodyOf({}, large))
    expect(truncated).toBe(true)
    expect(data).toEqual({ app_name: 'bot', url: 'https://agenta.test/d/1', changes: { added: 1 }, truncated: true })
  })

  test('over the limit summarises chosen members only, and gives the link', () => {
    const diff = { added: { a: 'x'.repeat(300_000) }, removed: { b: 1 } }
    const data = { app_name: 'bot', deployed_by: 'jane@example.com', url: 'https://agenta.test/d/1', config_diff: diff }
    const fields = ['app_name', 'config_diff.added']
    expect(wire(bodyOf({ fields }, anEvent({ data }))).data).toEqual({
      app_name: 'bot',
      changes: { added: 1 },
      truncated: true,
      url: 'https://agenta.test/d/1',
    })
  })

  test('counts bytes, not characters', () => {
    const text = 'é'.repeat(600)
    expect(wire(bodyOf({ maxBytes: 1_024 }, anEvent({ data: { a: 1, text } })))).toMatchObject({ truncated: true })
    expect(
      wire(bodyOf({ maxBytes: 1_024 }, anEvent({ data: { a: 1, text: 'e'.repeat(600) } }))).truncated,
    ).toBeUndefined()
  })

  test('never exceeds its limit, whatever the event', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1_024, max: 4_096 }), (value, maxBytes) => {
        const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, value]))
        const body = bodyOf({ maxBytes }, anEvent({ data: JSON.parse(JSON.stringify(many)) })) ?? ''
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes)
        expect(wire(body).event).toBe('environment.deployed')
      }),
    )
  })

  test('takes data that is no object', () => {
    for (const data of ['text', 7, null, [1, 2]]) expect(wire(bodyOf({}, anEvent({ data }))).data).toEqual(data)
  })
})
