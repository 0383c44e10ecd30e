import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffEvaluation } from './evaluation-diff.ts'
import { anyJson, nested } from './test-json.ts'

const read = (evaluation: unknown) => diffEvaluation(evaluation).metrics

describe('an evaluation', () => {
  it('is read in each of its shapes', () => {
    const wanted = [{ name: 'accuracy', old: 0.91, new: 0.94, verdict: 'better' }]
    for (const evaluation of [
      { metrics: { accuracy: { value: 0.94, previous: 0.91, direction: 'higher' } } },
      { accuracy: { new: 0.94, old: 0.91, higher_is_better: true } },
      { metrics: [{ name: 'accuracy', value: 0.94, previous: 0.91, direction: 'maximize' }] },
      [{ metric: 'accuracy', score: 0.94, baseline: 0.91, goal: 'higher-is-better' }],
      { metrics: { accuracy: 0.94 }, previous: { accuracy: 0.91 }, directions: { accuracy: 'up' } },
      { accuracy: 0.94, baseline: { metrics: { accuracy: 0.91 } }, directions: { accuracy: 'max' } },
    ])
      expect(read(evaluation), JSON.stringify(evaluation)).toEqual(wanted)
  })

  it('goes by the declared direction and by no other', () => {
    const verdict = (old: unknown, value: unknown, direction?: unknown) =>
      read({ m: { value, previous: old, direction } })[0]?.verdict
    expect(verdict(200, 180, 'lower')).toBe('better')
    expect(verdict(200, 220, 'lower')).toBe('worse')
    expect(verdict(200, 220)).toBe(null)
    expect(verdict(1, 1)).toBe('same')
    expect(verdict(true, false, 'higher')).toBe('worse')
    expect(verdict('good', 'bad', 'higher')).toBe(null)
    expect(read({ latency: { value: 2 } })).toEqual([{ name: 'latency', new: 2, verdict: null }])
  })

  it('compares like with like alone: numbers, numbers in texts, percentages', () => {
    const verdict = (old: unknown, value: unknown) =>
      read({ m: { value, previous: old, direction: 'higher' } })[0]?.verdict
    expect(verdict('91 %', '94%')).toBe('better')
    expect(verdict('0.94', 0.91)).toBe('worse')
    expect(verdict('1e2', 100)).toBe('same')
    expect(verdict(-5, -3)).toBe('better')
    expect(verdict(-Number.MAX_VALUE, Number.MAX_VALUE)).toBe('better')
    for (const [old, value] of [
      ['91 %', 0.94],
      [true, 2],
      ['1.5 s', '900 ms'],
      [Number.NaN, 1],
      [1, Number.POSITIVE_INFINITY],
      ['', 0],
      ['0x10', 3],
    ])
      expect(verdict(old, value), `${old} and ${value}`).toBe(null)
  })

  it('knows a tie, with no direction too, and noise of binary fractions for one', () => {
    for (const [old, value] of [
      [0, -0],
      [0.3, 0.1 + 0.2],
      [Number.NaN, Number.NaN],
      ['5', 5],
    ])
      expect(read({ m: { value, previous: old } })[0]?.verdict).toBe('same')
    expect(read({ m: { value: 1e-300, previous: 0, direction: 'lower' } })[0]?.verdict).toBe('worse')
  })

  it('tells of what was measured before and is not now', () => {
    const gone = { name: 'accuracy', old: 0.9, new: null, verdict: null }
    expect(read({ metrics: { accuracy: { value: null, previous: 0.9, direction: 'higher' } } })).toEqual([gone])
    expect(read({ metrics: { f1: 1 }, previous: { accuracy: 0.9, f1: 1 } })).toEqual([
      { name: 'f1', old: 1, new: 1, verdict: 'same' },
      gone,
    ])
  })

  it('finds the direction of a metric in a group', () => {
    const run = { metrics: { safety: { toxicity: 0.2 } }, previous: { safety: { toxicity: 0.1 } } }
    for (const directions of [{ safety: { toxicity: 'lower' } }, { 'safety.toxicity': 'min' }])
      expect(read({ ...run, directions })[0]?.verdict).toBe('worse')
  })

  it('names groups and lists by their way', () => {
    expect(read({ safety: { toxicity: 0.1 }, runs: [{ name: 'a', value: 1 }, 2] }).map(({ name }) => name)).toEqual([
      'safety.toxicity',
      'runs.a',
      'runs[1]',
    ])
  })

  it('is never too much, nor a way in', () => {
    const many = diffEvaluation(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${i}`, i])))
    expect([many.metrics.length, many.more]).toEqual([200, 800])
    const hostile = JSON.parse('{"metrics": {"__proto__": {"value": 1, "previous": 2}, "toString": 3}}')
    expect(read(hostile).map(({ name }) => name)).toEqual(['__proto__', 'toString'])
    diffEvaluation(nested(10_000, 'mixed', 1))
    for (const nothing of [undefined, null, {}, [], { metrics: null }, { metrics: {} }])
      expect(read(nothing)).toEqual([])
    fc.assert(fc.property(anyJson, (value) => void diffEvaluation(value)))
    fc.assert(fc.property(anyJson, (value) => void diffEvaluation({ metrics: value })))
  })

  it('turned round, is as much worse as it was better', () => {
    const number = fc.double({ noNaN: true })
    const direction = fc.constantFrom('higher', 'lower', undefined)
    const opposite = { better: 'worse', worse: 'better', same: 'same' } as const
    fc.assert(
      fc.property(number, number, direction, (a, b, way) => {
        const [there] = read({ m: { value: b, previous: a, direction: way } })
        const [back] = read({ m: { value: a, previous: b, direction: way } })
        const verdict = there?.verdict ?? null
        expect(back?.verdict).toBe(verdict === null ? null : opposite[verdict])
      }),
    )
  })
})
