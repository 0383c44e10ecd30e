import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { diffEvaluation } from '../config-diff/index.ts'
import { isPullwrightError } from '../errors.ts'
import { builtInEvents } from './catalog.ts'
import { defineEvent } from './define-event.ts'
import { createEventRegistry } from './event-registry.ts'

const limits = { maxDepth: 500, maxBytes: 16 * 1024 * 1024 }
const deployed = builtInEvents['environment.deployed'].example

function refusal(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (isPullwrightError(error)) return error
    throw error
  }
  throw new Error('It was not refused')
}

describe('the event registry', () => {
  it('lists every built-in type with a description, a fitting example and JSON Schema', () => {
    const catalog = createEventRegistry([], limits).list()
    expect(catalog.map(({ type }) => type)).toEqual(Object.keys(builtInEvents))
    for (const { type, description, example, schema } of catalog) {
      expect(description.length, type).toBeGreaterThan(10)
      expect(createEventRegistry([], limits).validate(type, example), type).toEqual(example)
      expect(schema.type, type).toBe('object')
      expect(schema.properties, type).toBeTypeOf('object')
    }
  })

  it('says which evaluations are read, each as its example shows, and refuses none', () => {
    const registry = createEventRegistry([], limits)
    const { schema } = registry.list().find(({ type }) => type === 'environment.deployed') ?? {}
    const { description, examples } = z
      .object({ description: z.string(), examples: z.array(z.unknown()).min(3) })
      .parse(z.object({ evaluation: z.unknown() }).parse(schema?.properties).evaluation)
    expect(description).toContain('direction')
    for (const example of examples) {
      const { metrics, more } = diffEvaluation(example)
      expect([metrics.length, more]).toEqual([1, 0])
      expect(metrics[0]?.name).toMatch(/^(accuracy|latency)$/)
    }
    for (const evaluation of [...examples, null, 'passed', 1, [], { odd: [[{}]] }]) {
      expect(registry.validate('environment.deployed', { ...deployed, evaluation })).toMatchObject({ evaluation })
    }
  })

  it('names every problem of a bad deployment by path', () => {
    const error = refusal(() =>
      createEventRegistry([], limits).validate('environment.deployed', { app_name: '', revision: {}, config: {} }),
    )
    expect(error.code).toBe('invalid-event')
    expect(error.problems.map(({ path }) => path).sort()).toEqual([
      'data.app_name',
      'data.deployed_by',
      'data.environment',
      'data.revision',
      'data.variant_name',
    ])
    expect(error.message).toContain('nothing is recorded')
  })

  it('names what JSON cannot hold beside what the schema misses', () => {
    const error = refusal(() =>
      createEventRegistry([], limits).validate('environment.deployed', {
        app_name: 'a',
        revision: Number.NaN,
        config: 1n,
      }),
    )
    expect(error.problems.map(({ path }) => path).sort()).toEqual([
      'data.config',
      'data.deployed_by',
      'data.environment',
      'data.revision',
      'data.variant_name',
    ])
  })

  it('requires a configuration, and takes null for one that was removed', () => {
    const registry = createEventRegistry([], limits)
    const { config: _config, ...rest } = deployed
    expect(refusal(() => registry.validate('environment.deployed', rest)).problems[0]?.path).toBe('data.config')
    expect(registry.validate('environment.deployed', { ...rest, config: null })).toMatchObject({ config: null })
  })

  it('refuses a configuration over 16 MiB by path and size, and takes one just under it', () => {
    const registry = createEventRegistry([], limits)
    const atLimit = 'x'.repeat(16 * 1024 * 1024 - 2)
    expect(registry.validate('environment.deployed', { ...deployed, config: atLimit })).toBeTruthy()
    const error = refusal(() => registry.validate('environment.deployed', { ...deployed, config: `${atLimit}x` }))
    expect(error.code).toBe('too-large')
    expect(error.problems).toEqual([{ path: 'data.config', message: expect.stringContaining('16777217 bytes') }])
  })

  it('refuses an unknown type and says which there are', () => {
    const error = refusal(() => createEventRegistry([], limits).validate('environment.deploid', {}))
    expect(error.code).toBe('unknown-event')
    expect(error.message).toContain('environment.deployed')
  })

  it('takes a host’s own events, by name or as they are', () => {
    const paid = defineEvent('invoice.paid', z.object({ amount: z.number() }), {
      description: 'An invoice was paid.',
      example: { amount: 12 },
    })
    expect(createEventRegistry([paid], limits).validate('invoice.paid', { amount: 3 })).toEqual({ amount: 3 })
    expect(createEventRegistry([], limits).validate(paid, { amount: 3 })).toEqual({ amount: 3 })
    expect(refusal(() => createEventRegistry([], limits).validate(paid, { amount: 'x' })).problems[0]?.path).toBe(
      'data.amount',
    )
  })

  it('refuses two definitions of one type', () => {
    const again = defineEvent('environment.deployed', z.object({}), { description: 'Another one.', example: {} })
    expect(refusal(() => createEventRegistry([again], limits)).message).toContain('defined twice')
  })
})

describe('defineEvent', () => {
  it('refuses a malformed type, an empty description and an example that does not fit', () => {
    const schema = z.object({ amount: z.number() })
    const example = { amount: 1 }
    expect(refusal(() => defineEvent('Paid', schema, { description: 'x', example })).message).toContain('invoice.paid')
    expect(refusal(() => defineEvent('a.b', schema, { description: ' ', example })).message).toContain('description')
    const wrong = { amount: 'x' } as unknown as { amount: number }
    const error = refusal(() => defineEvent('a.b', schema, { description: 'x', example: wrong }))
    expect(error.problems[0]?.path).toBe('example.amount')
  })
})
