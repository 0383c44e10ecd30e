import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDiff } from './apply-diff.ts'
import { diffConfig } from './diff-config.ts'
import { parseJsonText } from './json-text.ts'
import { formatPath } from './path.ts'

const inside = (before: string, after: string) =>
  diffConfig({ schema: before }, { schema: after }).changes.map(({ json }) =>
    json?.changes.map(({ kind, path }) => `${kind} ${formatPath(path)}`),
  )

/** The same JSON in other words: keys the other way round, white space, escapes. */
function rewritten(value: unknown): string {
  const turned = JSON.parse(JSON.stringify(value), (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).reverse())
      : part,
  )
  return ` ${JSON.stringify(turned, null, 3)}\n`
}

/** Numbers that both JSON and we take without a second thought. */
const plainJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, 'x', 'a:"b', '12345678901234567890'),
    fc.integer(),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4 }),
  ),
})).value

describe('JSON in a text', () => {
  it('is compared as JSON', () => {
    const before = '{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}'
    const after = '{"required":["age","name"],"type":"object","properties":{"age":{"type":"number"},"name":{}}}'
    expect(inside(before, after)).toEqual([
      ['modified properties.age.type', 'added properties.name', 'added required[1]'],
    ])
  })

  it('that is only written differently is a change without changes inside', () => {
    expect(inside('{"a": 1, "b": [2]}', '{"b":[2],"a":1}')).toEqual([[]])
  })

  it('is also found inside of JSON in a text', () => {
    const wrap = (temperature: number) => JSON.stringify({ arguments: JSON.stringify({ temperature }) })
    const [change] = diffConfig({ call: wrap(1) }, { call: wrap(2) }).changes
    expect(change?.json?.changes[0]?.json?.changes).toEqual([
      { kind: 'modified', path: ['temperature'], before: 1, after: 2 },
    ])
  })

  it('stays text where reading it would lose something', () => {
    for (const text of [
      '{"id": 12345678901234567890}',
      '{"a": 1, "a": 2}',
      '[1e400]',
      '[0.1234567890123456789]',
      '{"a": 1',
      '{a: 1}',
      '"text"',
      '12',
      '{{name}}',
      '[draft] Be kind. [end]',
      '',
    ])
      expect(parseJsonText(text), text).toBeUndefined()
    expect(parseJsonText(' {"a": "1:2", "b": [1.50, -2e5]}\n')).toEqual({ a: '1:2', b: [1.5, -200_000] })
  })

  it('takes text of any size and depth', () => {
    const deep = (leaf: number) => '['.repeat(50_000) + leaf + ']'.repeat(50_000)
    expect(() => diffConfig({ a: deep(1) }, { a: deep(2) })).not.toThrow()
    const long = (word: string) => JSON.stringify({ text: `${'\\"'.repeat(400_000)}${word}` })
    expect(inside(long('a'), long('b'))).toEqual([['modified text']])
    expect(inside(long('a').repeat(3), long('b').repeat(3))).toEqual([undefined])
  })

  it('applies to the character', () => {
    fc.assert(
      fc.property(plainJson, plainJson, fc.boolean(), (a, b, other) => {
        const before = { s: JSON.stringify(a) }
        const after = { s: other ? rewritten(b) : JSON.stringify(b) }
        expect(applyDiff(before, diffConfig(before, after))).toEqual(after)
      }),
    )
  })

  it('carries a diff that turns what one text holds into what the other holds', () => {
    fc.assert(
      fc.property(plainJson, plainJson, (a, b) => {
        const [x, y] = [JSON.stringify({ a }), rewritten({ a: b })]
        const [change] = diffConfig({ s: x }, { s: y }).changes
        expect(change?.json).toBeDefined()
        expect(
          isDeepStrictEqual(applyDiff(JSON.parse(x), change?.json ?? { equal: true, changes: [] }), JSON.parse(y)),
        ).toBe(true)
        expect(diffConfig({ s: JSON.stringify({ a }) }, { s: rewritten({ a }) }).changes[0]?.json?.equal).toBe(true)
      }),
    )
  })
})
