import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPath, type Path } from '../config-diff/path.ts'
import type { JsonValue } from '../json.ts'
import { createPathSelection } from './path-selection.ts'

const config: JsonValue = {
  model: 'gpt-5',
  llm_config: { temperature: 0.2, top_p: 1, 'x.y': { z: 1 } },
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
  ],
  tools: [{ function: { name: 'search', description: 'Looks.' } }],
}

const only = (...places: string[]) => createPathSelection({ only: places }).of(config)
const except = (...places: string[]) => createPathSelection({ except: places }).of(config)

describe('a selection of places', () => {
  it('takes members, dotted paths, indexes and globs, each with all below', () => {
    expect(only('model', 'llm_config.temperature')).toEqual({ model: 'gpt-5', llm_config: { temperature: 0.2 } })
    expect(only('messages[*].content')).toEqual({ messages: [{ content: 'Be brief.' }, { content: 'Hello' }] })
    expect(only('messages.*.role')).toEqual({ messages: [{ role: 'system' }, { role: 'user' }] })
    expect(only('llm*.t*')).toEqual({ llm_config: { temperature: 0.2, top_p: 1 } })
    expect(only('**.description')).toEqual({ tools: [{ function: { description: 'Looks.' } }] })
    expect(only('llm_config["x.y"].z', "llm_config['x.y']")).toEqual({ llm_config: { 'x.y': { z: 1 } } })
    expect(only('nothing', 'model.below', 'messages[9]')).toBeUndefined()
  })

  it('leaves out what is excepted, also from what is chosen', () => {
    expect(except('llm_config', 'messages', 'tools')).toEqual({ model: 'gpt-5' })
    expect(except('**.role', 'tools', 'llm_config.*')).toEqual({
      model: 'gpt-5',
      llm_config: {},
      messages: [{ content: 'Be brief.' }, { content: 'Hello' }],
    })
    const both = createPathSelection({ only: ['llm_config'], except: ['llm_config.top_p', 'llm_config["x.y"]'] })
    expect(both.of(config)).toEqual({ llm_config: { temperature: 0.2 } })
  })

  it('keeps the places of the elements of a list', () => {
    expect(only('messages[1].content')).toEqual({ messages: [null, { content: 'Hello' }] })
    expect((except('messages[0]') as { messages: unknown }).messages).toEqual([
      null,
      { role: 'user', content: 'Hello' },
    ])
  })

  it('leaves out whole what has no members, where only members are named', () => {
    for (const value of ['text', ['text'], 1]) {
      expect(createPathSelection({ except: ['internal'] }).of(value)).toBeUndefined()
      expect(createPathSelection({ only: ['internal'] }).of(value)).toBeUndefined()
      expect(createPathSelection({}).of(value)).toEqual(value)
    }
    expect(createPathSelection({ except: ['internal'] }).of('text', [0])).toBeUndefined()
    expect(createPathSelection({ except: ['[*].secret'] }).of([{ secret: 1, shown: 2 }])).toEqual([{ shown: 2 }])
  })

  it('is blind to neither case nor separators', () => {
    expect(only('MODEL', 'llmConfig')).toBeUndefined()
  })

  it.each(['', 'a..b', '.a', 'a.', 'a[', 'a[]', 'a[x]', '**', 'a["b]', '["\\x"]', 'a]'])('refuses %j', (place) => {
    expect(() => createPathSelection({ only: [place] })).toThrow(/is no place/)
  })

  it('takes prototypes for names, and bears depth and long names', () => {
    const strange = JSON.parse('{"__proto__":{"a":1},"b":2}') as JsonValue
    expect(JSON.stringify(createPathSelection({ only: ['__proto__'] }).of(strange))).toBe('{"__proto__":{"a":1}}')
    let deep: JsonValue = { secret: 1 }
    for (let depth = 0; depth < 10_000; depth++) deep = [deep]
    expect(JSON.stringify(createPathSelection({ except: ['**.secret'] }).of({ deep }))).not.toContain('secret')
    expect(createPathSelection({ only: ['*a*a*a*a*a*a*b'] }).of({ ['a'.repeat(200_000)]: 1 })).toBeUndefined()
  })

  it('sees at a path what it sees there from the root, and what only takes except leaves', () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const value = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value
    const step = fc.oneof(key, fc.constantFrom('*', '**'), fc.nat({ max: 2 }).map(String))
    const place = fc.array(step, { minLength: 1, maxLength: 3 }).filter((steps) => steps.some((one) => one !== '**'))
    const places = fc.array(
      place.map((steps) => steps.join('.')),
      { minLength: 1, maxLength: 3 },
    )
    const path = fc.array(fc.oneof<fc.Arbitrary<string | number>[]>(key, fc.nat({ max: 2 })), { maxLength: 3 })
    fc.assert(
      fc.property(fc.dictionary(key, value), places, path, (root, rules, at) => {
        const inner = valueAt(root, at)
        fc.pre(inner !== undefined)
        for (const selection of [createPathSelection({ only: rules }), createPathSelection({ except: rules })]) {
          const whole = selection.of(root)
          const shown = selection.of(inner, at)
          expect(shown ?? null, formatPath(at)).toEqual(whole === undefined ? null : (valueAt(whole, at) ?? null))
        }
        if (inner === null || typeof inner === 'object') return
        const seen = [{ only: rules }, { except: rules }].map((rule) => createPathSelection(rule).of(inner, at))
        expect(seen.filter((one) => one !== undefined)).toEqual([inner])
      }),
      { numRuns: 300 },
    )
  })
})

function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key) && Array.isArray(at) === (typeof key === 'number')
        ? (at as Record<string | number, JsonValue>)[key]
        : undefined,
    value,
  )
}
