import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvent } from '../events/define-event.ts'
import type { JsonValue } from '../json.ts'
import { createPullwright } from '../pullwright.ts'
import { generateSecret } from '../signing/generate-secret.ts'
import { schemes, type WebhookScheme } from '../signing/schemes.ts'
import { signWebhook } from '../signing/sign-webhook.ts'
import { defineSource, type SourceDefinition } from './define-source.ts'

const NOW = Date.UTC(2026, 0, 5)
const paid = defineEvent('invoice.paid', z.object({ invoice: z.string() }), {
  description: 'An invoice was paid.',
  example: { invoice: 'in_1' },
})

function definition(given: Partial<SourceDefinition> = {}): SourceDefinition {
  return {
    name: 'billing',
    scheme: 'standard',
    secrets: generateSecret(),
    normalise: ({ json }) => ({ type: 'invoice.paid', data: json }),
    ...given,
  }
}

function host(given: Partial<SourceDefinition> = {}) {
  const clock = { at: NOW }
  const whole = definition(given)
  const lines: string[] = []
  const note = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const pullwright = createPullwright({
    sources: [defineSource(whole)],
    events: [paid],
    clock: { now: () => clock.at },
    logger: { debug: note, info: note, warn: note, error: note },
  })
  async function send(body: JsonValue, { secret, id = 'd-1', signedAt = clock.at, alter = '' }: Send = {}) {
    const secrets = secret ?? String([whole.secrets].flat()[0])
    const bytes = JSON.stringify(body)
    const headers = signWebhook(whole.scheme, { secrets, id, timestamp: signedAt, body: bytes })
    const request = new Request('http://host.example/hooks/billing', { method: 'POST', headers, body: bytes + alter })
    const response = await pullwright.handler(request)
    return [response.status, ((await response.json()) as { status?: unknown }).status]
  }
  return { pullwright, send, clock, lines }
}

interface Send {
  secret?: string
  id?: string
  signedAt?: number
  alter?: string
}

describe('defineSource', () => {
  it.each(Object.values(schemes))('receives what %s signs, once, and nothing else', async (scheme) => {
    const { pullwright, send } = host({ scheme, secrets: secretFor(scheme) })
    expect(await send({ invoice: 'in_1' })).toEqual([202, 'recorded'])
    expect(await send({ invoice: 'in_1' })).toEqual([200, 'duplicate'])
    expect(await send({ invoice: 'in_2' }, { id: 'd-2', secret: secretFor(scheme) })).toEqual([401, 401])
    expect(await pullwright.events.list()).toMatchObject([{ type: 'invoice.paid', data: { invoice: 'in_1' } }])
    await pullwright.stop()
  })

  it.each(['agenta', 'agentaSha256', 'github', 'gitlab', 'bitbucket', 'jira'] as const)(
    'takes a captured request of %s for the same, whatever id is put on it',
    async (scheme) => {
      const { pullwright, send } = host({ scheme, secrets: 'a-plain-secret' })
      expect(await send({ invoice: 'in_1' }, { id: 'd-1' })).toEqual([202, 'recorded'])
      expect(await send({ invoice: 'in_1' }, { id: 'd-2' })).toEqual([200, 'duplicate'])
      await pullwright.stop()
    },
  )

  it('lets equal bodies through where the signature holds the id', async () => {
    const { pullwright, send } = host()
    expect(await send({ invoice: 'in_1' }, { id: 'd-1' })).toEqual([202, 'recorded'])
    expect(await send({ invoice: 'in_1' }, { id: 'd-2' })).toEqual([202, 'recorded'])
    await pullwright.stop()
  })

  it('refuses what was signed outside the window, and logs why without a secret', async () => {
    const secret = generateSecret()
    const { pullwright, send, lines, clock } = host({ secrets: secret, toleranceSeconds: 60 })
    expect(await send({ invoice: 'in_1' }, { signedAt: clock.at - 60_000 })).toEqual([202, 'recorded'])
    expect(await send({ invoice: 'in_2' }, { id: 'd-2', signedAt: clock.at - 61_000 })).toEqual([401, 401])
    expect(await send({ invoice: 'in_2' }, { id: 'd-2', signedAt: clock.at + 61_000 })).toEqual([401, 401])
    expect(lines.join()).toMatch(/timestamp-too-old.*timestamp-too-new/)
    expect(lines.join()).not.toContain(secret)
    await pullwright.stop()
  })

  it('knows a captured request for as long as its time is taken', async () => {
    const { pullwright, send, clock } = host({ scheme: 'agenta', secrets: 'a-plain-secret', toleranceSeconds: 60 })
    const signedAt = NOW + 60_000
    expect(await send({ invoice: 'in_1' }, { id: 'd-1', signedAt })).toEqual([202, 'recorded'])
    clock.at = signedAt + 60_999
    expect(await send({ invoice: 'in_1' }, { id: 'd-2', signedAt })).toEqual([200, 'duplicate'])
    clock.at = signedAt + 61_000
    expect(await send({ invoice: 'in_1' }, { id: 'd-3', signedAt })).toEqual([401, 401])
    await pullwright.stop()
  })

  it('takes several secrets, so that one can replace another', async () => {
    const [old, fresh] = [generateSecret(), generateSecret()]
    const { pullwright, send } = host({ secrets: [fresh, undefined, '', old] })
    expect(await send({ invoice: 'in_1' }, { id: 'd-1', secret: old })).toEqual([202, 'recorded'])
    expect(await send({ invoice: 'in_2' }, { id: 'd-2', secret: fresh })).toEqual([202, 'recorded'])
    await pullwright.stop()
  })

  it('knows deliveries by a member of the body, read only after it is verified', async () => {
    const seen: JsonValue[] = []
    const { pullwright, send } = host({
      scheme: 'github',
      secrets: 'a-plain-secret',
      dedupe({ json }) {
        seen.push(json)
        return (json as { invoice: string }).invoice
      },
    })
    expect(await send({ invoice: 'in_1' }, { id: 'd-1' })).toEqual([202, 'recorded'])
    expect(await send({ invoice: 'in_1', again: true }, { id: 'd-2' })).toEqual([200, 'duplicate'])
    expect(await send({ invoice: 'in_2' }, { alter: ' ' })).toEqual([401, 401])
    expect(seen).toEqual([{ invoice: 'in_1' }, { invoice: 'in_1', again: true }])
    await pullwright.stop()
  })

  it('records none, one or many events, and refuses a promise', async () => {
    const event = { type: 'invoice.paid', data: { invoice: 'in_1' } }
    const meaning = (result: unknown) => host({ normalise: () => result as null })
    const cases = [
      [null, [200, 'ignored'], 0],
      [[], [200, 'ignored'], 0],
      [event, [202, 'recorded'], 1],
      [[event, event], [202, 'recorded'], 2],
      [Promise.resolve(event), [422, 422], 0],
    ] as const
    for (const [result, answer, count] of cases) {
      const { pullwright, send } = meaning(result)
      expect(await send({})).toEqual(answer)
      expect(await pullwright.events.list()).toHaveLength(count)
      await pullwright.stop()
    }
  })

  it('takes bodies of so many bytes and no more, and waits for them as long as told', async () => {
    const { pullwright, send } = host({ maxBodyBytes: 18, bodyTimeoutMs: 20 })
    expect(await send({ invoice: 'in_1' })).toEqual([202, 'recorded'])
    expect(await send({ invoice: 'in_22' }, { id: 'd-2' })).toEqual([413, 413])
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) })
    const slow = new Request('http://host.example/hooks/billing', { method: 'POST', body, duplex: 'half' })
    expect((await pullwright.handler(slow)).status).toBe(408)
    await pullwright.stop()
  })

  it.each<[Partial<Record<keyof SourceDefinition, unknown>>, RegExp]>([
    [{ name: 'Billing' }, /`name`/],
    [{ name: undefined }, /`name`/],
    [{ scheme: 'stripe' }, /`scheme` must be one of standard, agenta/],
    [{ scheme: 'toString' }, /`scheme`/],
    [{ secrets: undefined }, /`secrets` is empty/],
    [{ secrets: ['', undefined] }, /`secrets` is empty/],
    [{ secrets: 'no base64!' }, /base64/],
    [{ normalise: undefined }, /`normalise`/],
    [{ dedupe: 'x-id' }, /`dedupe`/],
    [{ toleranceSeconds: -1 }, /`toleranceSeconds`/],
    [{ toleranceSeconds: 60, scheme: 'github' }, /signs no time/],
    [{ maxBodyBytes: 0 }, /`maxBodyBytes`/],
    [{ bodyTimeoutMs: 0 }, /`bodyTimeoutMs`/],
    [{ secret: 'x', normalize: 1 } as object, /no option `secret`, `normalize`, only name, scheme, secrets, dedupe/],
    [{ bodyWindowMs: Number.NaN }, /`bodyWindowMs`/],
  ])('refuses %j at once, and says what to do', (wrong, message) => {
    const whole = { ...definition(), ...wrong } as SourceDefinition
    expect(() => defineSource(whole)).toThrow(message)
  })

  it('names no secret in what it refuses', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12,20}!$/), (secrets) => {
        expect(() => defineSource(definition({ secrets }))).toThrow(
          expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining(secrets) }),
        )
      }),
    )
  })
})

function secretFor(scheme: WebhookScheme): string {
  return scheme === 'standard' ? generateSecret() : `${scheme}-${generateSecret().slice(6, 20)}`
}
