import { createHmac } from 'node:crypto'
import type { JsonValue } from '@pullwright/core'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type FakeAgenta, fakeAgenta } from './fake-agenta.ts'
import { pythonJson } from './python-json.ts'

const SECRET = 'shared with nobody'
const API_KEY = 'key-of-a-project'
const open: FakeAgenta[] = []

async function start(mode?: 'authorization') {
  const agenta = await fakeAgenta({
    secret: SECRET,
    apiKey: API_KEY,
    now: () => 1_700_000_000_500,
    ...(mode && { mode }),
  })
  open.push(agenta)
  return agenta
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((agenta) => agenta.close()))
})

async function retrieve(agenta: FakeAgenta, query: unknown, key = API_KEY) {
  const response = await fetch(`${agenta.url}/applications/revisions/retrieve`, {
    method: 'POST',
    headers: { authorization: `ApiKey ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(query),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('fakeAgenta', () => {
  it('answers a revision by id, by slug, by version of a variant, and by environment', async () => {
    const agenta = await start()
    const first = agenta.commitRevision({ app: 'bot', parameters: { temperature: 0.7 } })
    const second = agenta.commitRevision({ app: 'bot', parameters: { temperature: 0.5 } })
    agenta.commitEnvironment({ deploy: [first] })
    const queries = [
      { application_revision_ref: { id: first.id } },
      { application_revision_ref: { slug: first.slug } },
      {
        application_ref: { slug: 'bot' },
        application_variant_ref: { slug: 'default' },
        application_revision_ref: { version: '1' },
      },
      { environment_ref: { slug: 'production' }, key: 'bot.revision' },
    ]
    for (const query of queries) {
      const { status, body } = await retrieve(agenta, query)
      expect([status, body]).toMatchObject([
        200,
        { count: 1, application_revision: { id: first.id, version: '1', data: { parameters: { temperature: 0.7 } } } },
      ])
    }
    expect(second.version).toBe('2')
    expect(agenta.requests).toHaveLength(queries.length)
  })

  it('refuses a version alone, a wrong key, and what it does not serve', async () => {
    const agenta = await start()
    expect((await retrieve(agenta, { application_revision_ref: { version: '1' } })).status).toBe(400)
    expect((await retrieve(agenta, { application_revision_ref: { id: 'x' } }, 'other')).status).toBe(401)
    expect((await retrieve(agenta, { application_revision_ref: { id: 'x' } })).body).toEqual({
      count: 0,
      application_revision: null,
    })
    expect((await fetch(`${agenta.url}/testsets`)).status).toBe(404)
  })

  it('says of each application what became of it', async () => {
    const agenta = await start()
    const bot = agenta.commitRevision({ app: 'bot', parameters: { n: 1 } })
    const other = agenta.commitRevision({ app: 'other', parameters: { n: 1 } })
    agenta.commitEnvironment({ deploy: [bot, other] })
    const newBot = agenta.commitRevision({ app: 'bot', parameters: { n: 2 } })
    const third = agenta.commitRevision({ app: 'third', parameters: {} })
    const delivery = agenta.commitEnvironment({ deploy: [newBot, third], remove: ['other'], message: 'Ünïcode' })
    expect(delivery.payload).toMatchObject({
      event: {
        attributes: {
          references: { environment: { slug: 'production' }, environment_revision: { version: '2' } },
          diff: {
            created: { 'third.revision': { new: { application_revision: { id: third.id } } } },
            updated: {
              'bot.revision': {
                old: { application_revision: { version: '1' } },
                new: { application_revision: { version: '2' } },
              },
            },
            deleted: { 'other.revision': { old: { application: { slug: 'other' } } } },
          },
        },
      },
    })
    expect(delivery.body).toMatch('\\u00dcn\\u00efcode')
    expect(JSON.parse(delivery.body)).toEqual(delivery.payload)
  })

  it('signs the bytes it gives', async () => {
    const agenta = await start()
    const { headers, body } = agenta.testDelivery()
    const expected = createHmac('sha256', SECRET).update(`1700000000.${body}`).digest('hex')
    expect(headers['X-Agenta-Signature']).toBe(`t=1700000000,v1=${expected}`)
    expect(headers['Idempotency-Key']).toBe(headers['X-Agenta-Delivery-Id'])
  })

  it('sends the secret itself in the other mode', async () => {
    const { headers } = (await start('authorization')).testDelivery()
    expect(headers.Authorization).toBe(SECRET)
    expect(headers).not.toHaveProperty('X-Agenta-Signature')
  })

  it('plays faults', async () => {
    const agenta = await start()
    agenta.fail({ status: 503, times: 1 })
    expect((await retrieve(agenta, { application_revision_ref: { id: 'x' } })).status).toBe(503)
    expect((await retrieve(agenta, { application_revision_ref: { id: 'x' } })).status).toBe(200)
  })
})

describe('pythonJson', () => {
  it('writes what Python writes', () => {
    const value = { b: [1, null, true], a: 'é\n\u007f"\\/', '\u{1f916}': '\u{1f916}', '\uff5e': 0.5 }
    expect(pythonJson(value)).toBe(
      '{"a":"\\u00e9\\n\\u007f\\"\\\\/","b":[1,null,true],"\\uff5e":0.5,"\\ud83e\\udd16":"\\ud83e\\udd16"}',
    )
  })

  it('is the same value in printable ASCII, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = pythonJson(value as JsonValue)
        expect(written).toMatch(/^[ -~]*$/)
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
