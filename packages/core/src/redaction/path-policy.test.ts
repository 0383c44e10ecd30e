import { describe, expect, it } from 'vitest'
import { diffConfig } from '../config-diff/index.ts'
import { createRedactor } from './redactor.ts'

const hidden = '[REDACTED]'

describe('paths', () => {
  it.each<[string, unknown, unknown]>([
    ['a.b', { a: { b: 1, c: 2 }, b: 3 }, { a: { b: hidden, c: 2 }, b: 3 }],
    ['$.a.b', { a: { b: 1 } }, { a: { b: hidden } }],
    [
      'tools.*.headers.x',
      { tools: [{ headers: { x: 'q', y: 'r' } }] },
      { tools: [{ headers: { x: hidden, y: 'r' } }] },
    ],
    ['tools[*].x', { tools: [{ x: 1 }, { x: 2 }] }, { tools: [{ x: hidden }, { x: hidden }] }],
    ['tools[0].x', { tools: [{ x: 1 }, { x: 2 }] }, { tools: [{ x: hidden }, { x: 2 }] }],
    ['**.note', { note: 1, a: [{ note: 2 }] }, { note: hidden, a: [{ note: hidden }] }],
    ['a.**.z', { a: { z: 1, b: { c: { z: 2 } } }, z: 3 }, { a: { z: hidden, b: { c: { z: hidden } } }, z: 3 }],
    ['["a.b"].c', { 'a.b': { c: 1 }, a: { b: { c: 2 } } }, { 'a.b': { c: hidden }, a: { b: { c: 2 } } }],
    ['api_url', { apiUrl: 'u', 'API-URL': 'v' }, { apiUrl: hidden, 'API-URL': hidden }],
    ['head*.v?', { headers: { v1: 1, w: 2 } }, { headers: { v1: hidden, w: 2 } }],
    ['a', { a: { b: [1, 2] } }, { a: hidden }],
    ['a.b', { a: null }, { a: null }],
  ])('%s', (path, given, expected) => {
    expect(createRedactor({ paths: [path] }).value(given)).toEqual(expected)
  })

  it('reach as deep as values go', () => {
    let value: unknown = { note: 'n' }
    for (let depth = 0; depth < 5_000; depth++) value = { a: value }
    const { redactions } = createRedactor({ paths: ['**.note'] }).valueWithReport(value)
    expect(redactions.map(({ detector }) => detector)).toEqual(['path:**.note'])
    expect(redactions[0]?.path).toMatch(/^a\.a\..*\.a\.note$/)
  })

  it('hide in diffs, at the path of a change and inside its values', () => {
    const redactor = createRedactor({ paths: ['tools.*.url', 'owner'] })
    const before = { tools: [{ url: 'one', n: 1 }], owner: 'ann' }
    const after = {
      tools: [
        { url: 'two', n: 1 },
        { url: 'three', n: 2 },
      ],
      owner: 'bob',
    }
    const text = JSON.stringify(redactor.diff(diffConfig(before, after)))
    for (const secret of ['one', 'two', 'three', 'ann', 'bob']) expect(text).not.toContain(`"${secret}"`)
    expect(text).toContain('"n":2')
  })

  it.each([[''], ['**'], ['a..b.[]'], [3 as unknown as string]])('refuse %j', (path) => {
    expect(() => createRedactor({ paths: [path] })).toThrow(/paths must be patterns/)
  })
})
