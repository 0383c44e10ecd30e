import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { time } from './schemas/common.ts'
import { fromWire, toWire, wirePath } from './wire.ts'

/** Names as we write them. */
const name = fc.stringMatching(/^[a-z]{1,6}([A-Z][a-z]{1,6}){0,3}$/).filter((text) => !/At$|Since$|^at$/.test(text))
const opaque = ['attributes', 'data', 'details', 'example', 'headers', 'kept', 'result', 'schema', 'steps']
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 3 }),
  object: fc.dictionary(
    name.filter((text) => !opaque.includes(text)),
    tie('any'),
    { maxKeys: 4, noNullPrototype: true },
  ),
}))

describe('the names of the wire', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(value.object, (made) => {
        expect(fromWire(toWire(made) as object)).toEqual(made)
      }),
    )
  })

  it('have times that the contract takes, whatever they were', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true }), fc.maxSafeInteger()), (at) => {
        expect(time.safeParse(Object(toWire({ at })).at).success).toBe(true)
      }),
    )
    const late = '9999-12-31T23:59:59.999Z'
    expect(toWire({ at: Date.UTC(2026, 0, 1) * 1000, dueAt: Infinity })).toEqual({ at: late, due_at: late })
  })

  it('are snake_case, with times as ISO 8601, and leave alone what users named', () => {
    const headers = { 'X-Api-Key': 'v', camelCase: 1 }
    expect(toWire({ createdAt: 0, at: 1, failingSince: null, rateLimit: { perSecond: 1 }, headers })).toEqual({
      ...{ created_at: '1970-01-01T00:00:00.000Z', at: '1970-01-01T00:00:00.001Z', failing_since: null },
      ...{ rate_limit: { per_second: 1 }, headers },
    })
    expect(wirePath('payload.maxBytes')).toBe('payload.max_bytes')
    expect(wirePath('filter.attributes["teamName"]')).toBe('filter.attributes["teamName"]')
    expect(wirePath('headers.X-Api-Key')).toBe('headers.X-Api-Key')
  })
})
