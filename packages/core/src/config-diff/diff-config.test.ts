import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../json.ts'
import { applyDiff } from './apply-diff.ts'
import type { ChangeKind, ConfigDiff } from './change.ts'
import { diffConfig } from './diff-config.ts'
import { formatPath } from './path.ts'
import { anyJson, configPair, nested } from './test-json.ts'

const shown = (diff: ConfigDiff) => diff.changes.map(({ kind, path }) => `${kind} ${formatPath(path)}`)
const count = (diff: ConfigDiff, kind: ChangeKind) => diff.changes.filter((change) => change.kind === kind).length

describe('laws', () => {
  it('applying the diff to before gives after', () => {
    fc.assert(
      fc.property(configPair, ([a, b]) => {
        expect(isDeepStrictEqual(applyDiff(a, diffConfig(a, b)), b)).toBe(true)
      }),
      { numRuns: 10000 },
    )
  })

  it('a value does not differ from its copy, whatever the order of keys', () => {
    fc.assert(
      fc.property(anyJson, (a) => {
        expect(diffConfig(a, reversed(a))).toEqual({ equal: true, changes: [] })
      }),
    )
  })

  it('different values are never called equal', () => {
    fc.assert(
      fc.property(configPair, ([a, b]) => {
        const { equal, changes } = diffConfig(a, b)
        expect(equal).toBe(changes.length === 0)
        if (equal) expect(isDeepStrictEqual(a, b)).toBe(true)
      }),
    )
  })

  it('swapping the two sides swaps added and removed and keeps the rest', () => {
    fc.assert(
      fc.property(configPair, ([a, b]) => {
        const there = diffConfig(a, b)
        const back = diffConfig(b, a)
        expect(count(back, 'removed')).toBe(count(there, 'added'))
        expect(count(back, 'added')).toBe(count(there, 'removed'))
        expect(count(back, 'modified')).toBe(count(there, 'modified'))
        expect(count(back, 'moved')).toBe(count(there, 'moved'))
      }),
      { numRuns: 1000 },
    )
  })

  it('the arguments stay as they are', () => {
    fc.assert(
      fc.property(configPair, ([a, b]) => {
        const [frozenA, frozenB] = [deepFreeze(structuredClone(a)), deepFreeze(structuredClone(b))]
        applyDiff(frozenA, diffConfig(frozenA, frozenB))
        expect(isDeepStrictEqual(frozenA, a)).toBe(true)
        expect(isDeepStrictEqual(frozenB, b)).toBe(true)
      }),
    )
  })

  it('every path leads to the value it names', () => {
    fc.assert(
      fc.property(configPair, ([a, b]) => {
        for (const change of diffConfig(a, b).changes) {
          if (change.kind !== 'removed' && change.kind !== 'moved')
            expect(isDeepStrictEqual(at(b, change.path), change.after)).toBe(true)
          if (change.kind === 'removed') expect(isDeepStrictEqual(at(a, change.path), change.before)).toBe(true)
          if (change.kind === 'moved') expect(at(a, change.from ?? [])).toBeDefined()
        }
      }),
    )
  })
})

describe('single differences', () => {
  it('tells numbers from texts, null from absent, and minus zero from zero', () => {
    expect(shown(diffConfig({ a: 1, b: null, c: -0 }, { a: '1', c: 0 }))).toEqual([
      'modified a',
      'removed b',
      'modified c',
    ])
  })

  it('names nested keys, and replaces where the type changed', () => {
    const before = { llm: { model: 'gpt-4', stop: [] }, extra: { x: 1 } }
    const after = { llm: { model: 'gpt-4o', stop: {} }, extra: [1] }
    expect(shown(diffConfig(before, after))).toEqual(['modified llm.model', 'modified llm.stop', 'modified extra'])
  })

  it('treats inherited names as absent and own ones as keys', () => {
    const before = JSON.parse('{"__proto__": {"a": 1}, "x": 1}') as JsonValue
    const after = JSON.parse('{"__proto__": {"a": 2}, "constructor": 1, "toString": null}') as JsonValue
    expect(shown(diffConfig(before, after))).toEqual([
      'modified ["__proto__"].a',
      'removed x',
      'added constructor',
      'added toString',
    ])
    expect(isDeepStrictEqual(applyDiff(before, diffConfig(before, after)), after)).toBe(true)
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  it('takes a member that is undefined for absent', () => {
    const before = { a: undefined, b: 1 } as unknown as JsonValue
    expect(diffConfig(before, { b: 1 }).equal).toBe(true)
  })
})

describe('the whole', () => {
  it('lists each key of a first deployment as added', () => {
    for (const nothing of [undefined, null]) {
      const diff = diffConfig(nothing, { model: 'gpt-4', temperature: 0.5 })
      expect(shown(diff)).toEqual(['added model', 'added temperature'])
      expect(applyDiff(nothing, diff)).toEqual({ model: 'gpt-4', temperature: 0.5 })
    }
  })

  it('lists each key of a removed application as removed, and remembers what is left', () => {
    for (const nothing of [undefined, null]) {
      const diff = diffConfig({ model: 'gpt-4', temperature: 0.5 }, nothing)
      expect(shown(diff)).toEqual(['removed model', 'removed temperature'])
      expect(applyDiff({ model: 'gpt-4', temperature: 0.5 }, diff)).toBe(nothing)
    }
  })

  it('goes between any two kinds of value', () => {
    const values: (JsonValue | undefined)[] = [undefined, null, {}, [], { a: 1 }, [1], 0, '', 'x', false]
    for (const a of values)
      for (const b of values) expect(isDeepStrictEqual(applyDiff(a, diffConfig(a, b)), b)).toBe(true)
  })
})

describe('size', () => {
  it('takes 10,000 levels of objects, of arrays and of both', () => {
    for (const kind of ['object', 'array', 'mixed', 'pair'] as const) {
      const before = nested(10_000, kind, 1)
      const after = nested(10_000, kind, 2)
      const diff = diffConfig(before, after)
      expect(diff.changes.length).toBe(1)
      expect(diffConfig(applyDiff(before, diff), after).equal).toBe(true)
    }
  })

  it('answers a 5 MB configuration rewritten, shuffled, or with a message in front, in bounded work', () => {
    const messages = Array.from({ length: 20_000 }, (_, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `Message ${i}: ${'lorem ipsum dolor sit amet '.repeat(7)}${i * 7919}`,
    }))
    const system = { role: 'system', content: 'Be brief.' }
    expect(shown(diffConfig({ messages }, { messages: [system, ...messages] }))).toEqual(['added messages[0]'])
    const rewritten = messages.map(({ role, content }) => ({ role, content: `${content}!` }))
    expect(count(diffConfig({ messages }, { messages: rewritten }), 'modified')).toBe(20_000)
    const shuffled = messages.toReversed()
    const diff = diffConfig({ messages }, { messages: shuffled })
    expect(count(diff, 'moved')).toBe(19_999)
    expect(applyDiff({ messages }, diff)).toEqual({ messages: shuffled })
  }, 20_000)

  it('stays bounded on repetitive arrays and on texts of 5 MB', () => {
    const zeros = Array.from({ length: 200_000 }, (_, i) => (i % 997 === 0 ? i : i % 2))
    const others = Array.from({ length: 200_000 }, (_, i) => (i % 991 === 0 ? i : i % 2))
    expect(applyDiff(zeros, diffConfig(zeros, others))).toEqual(others)
    const text = 'all work and no play makes a dull prompt. '.repeat(120_000)
    const { changes } = diffConfig({ text }, { text: text.replaceAll('dull', 'dim') })
    expect(changes.map((change) => change.kind)).toEqual(['modified'])
  }, 20_000)
})

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]): [string, JsonValue] => [key, reversed(item)]),
  )
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deepFreeze(item)
    Object.freeze(value)
  }
  return value
}

function at(value: JsonValue | undefined, path: readonly (string | number)[]): JsonValue | undefined {
  let found: JsonValue | undefined = value
  for (const part of path) found = (found as Record<string | number, JsonValue>)[part]
  return found
}
