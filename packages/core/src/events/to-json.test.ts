import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJson } from './to-json.ts'

const limits = { maxDepth: 500, maxBytes: 1_000_000 }

function nested(levels: number): unknown {
  let value: unknown = {}
  for (let i = 1; i < levels; i++) value = { a: value }
  return value
}

describe('toJson', () => {
  it('copies any JSON value as JSON.parse and JSON.stringify would', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const result = toJson(value, 'data', limits)
        expect(result.problems).toEqual([])
        expect(result.value).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('drops undefined members, honours toJSON and keeps __proto__ an ordinary key', () => {
    const input = { gone: undefined, list: [undefined], at: new Date(0) }
    const { value } = toJson(input, 'data', limits)
    expect(value).toEqual({ list: [null], at: '1970-01-01T00:00:00.000Z' })
    const own = toJson(JSON.parse('{"__proto__": {"x": 1}}'), 'data', limits).value
    expect(JSON.stringify(own)).toBe('{"__proto__":{"x":1}}')
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  it('names everything that JSON cannot hold by its path', () => {
    const { problems } = toJson(
      { f() {}, n: [Number.NaN], big: 1n, 'odd key': Symbol('s'), m: new Map() },
      'data',
      limits,
    )
    expect(problems.map(({ path }) => path)).toEqual(['data.f', 'data.n[0]', 'data.big', 'data["odd key"]', 'data.m'])
  })

  it('loses nothing without a word: what would become an empty object is refused', () => {
    class Handle {
      #id = 1
      id = () => this.#id
    }
    const opaque = [/x/, new Error('no'), new Set([1]), Promise.resolve(1), new WeakMap(), new Float32Array(1)]
    for (const value of [...opaque, Object(1), new (class Empty {})()]) {
      const { problems } = toJson({ value }, 'data', limits)
      expect(problems, String(value)).toMatchObject([
        { path: 'data.value', message: expect.stringContaining('plain JSON') },
      ])
    }
    expect(toJson(new Handle(), 'data', limits).problems).toMatchObject([{ path: 'data.id' }])
    class Point {
      x = 1
    }
    expect(toJson({ p: new Point(), url: new URL('https://a.io'), none: Object.create(null) }, 'data', limits)).toEqual(
      {
        value: { p: { x: 1 }, url: 'https://a.io/', none: {} },
        problems: [],
      },
    )
  })

  it('names what throws when it is read, and repeats nothing of what it throws', () => {
    const fail = () => {
      throw new Error('hunter2')
    }
    const getter = Object.defineProperty({ fine: 1 }, 'bad', { get: fail, enumerable: true })
    const given = {
      a: getter,
      b: { toJSON: fail },
      c: new Proxy({}, { ownKeys: fail }),
      d: [new Proxy([1], { get: fail })],
    }
    const { problems } = toJson(given, 'data', limits)
    expect(problems.map(({ path }) => path)).toEqual(['data.a.bad', 'data.b', 'data.c', 'data.d[0]'])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  it('says what to do with a number that is too large for JSON', () => {
    expect(toJson({ big: 10n }, 'data', limits).problems[0]?.message).toContain('as a text')
    expect(toJson({ text: '1e400', zero: -0, large: 2 ** 60 }, 'data', limits).value).toEqual({
      text: '1e400',
      zero: 0,
      large: 2 ** 60,
    })
  })

  it('refuses a cycle but takes the same object twice', () => {
    const shared = { a: 1 }
    expect(toJson([shared, shared], 'data', limits).problems).toEqual([])
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(toJson(cycle, 'data', limits).problems[0]).toEqual({ path: 'data.self', message: 'contains itself' })
  })

  it('takes 500 levels and refuses 501', () => {
    expect(toJson(nested(500), 'data', limits).problems).toEqual([])
    const { problems } = toJson(nested(501), 'data', limits)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toContain('500 levels')
  })

  it('takes exactly the limit in bytes and refuses one more', () => {
    const text = 'é'.repeat(10)
    expect(toJson(text, 'data', { maxDepth: 5, maxBytes: 22 }).problems).toEqual([])
    expect(toJson(text, 'data', { maxDepth: 5, maxBytes: 21 }).problems[0]?.message).toContain('22 bytes')
  })
})
