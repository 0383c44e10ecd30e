import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffConfig, toConfigDiffPayload } from '../config-diff/index.ts'
import type { JsonValue } from '../json.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { diffFromSnapshot, type Snapshot } from './diff-from-snapshot.ts'

const redactor = createRedactor()
const KEY = 'k'.repeat(32)
const secret = (name: string) => ['gh', 'p_', name.repeat(36).slice(0, 36)].join('')

function snapshot(config: JsonValue): Snapshot {
  const { value, fingerprints } = redactor.valueWithFingerprints(config, KEY)
  return { config: value, fingerprints, occurredAt: null }
}

/** Without a previous configuration: what is remembered stands in. */
function remembered(before: JsonValue, after: JsonValue) {
  const { value, fingerprints } = redactor.valueWithFingerprints(after, KEY)
  return toConfigDiffPayload(diffFromSnapshot(snapshot(before), value, fingerprints))
}

/** With one. */
function given(before: JsonValue, after: JsonValue) {
  return toConfigDiffPayload(redactor.diff(diffConfig(before, after, { text: false }), { before, after }))
}

describe('the diff with what is remembered', () => {
  it('tells a replaced secret in a text that changed elsewhere too', () => {
    const { modified } = remembered({ prompt: `Use ${secret('a')}.` }, { prompt: `Please use ${secret('b')}.` })
    expect(modified).toEqual({
      prompt: { old: 'Use [REDACTED].', new: 'Please use [REDACTED].', secret_changed: true },
    })
    const same = remembered({ prompt: `Use ${secret('a')}.` }, { prompt: `Please use ${secret('a')}.` }).modified
    expect(same).toEqual({ prompt: { old: 'Use [REDACTED].', new: 'Please use [REDACTED].' } })
  })

  it('tells it where an element before it came in', () => {
    const list = (name: string, ...before: JsonValue[]) => ({
      messages: [...before, { role: 'system', content: `Your key is ${secret(name)}, keep it.` }],
    })
    const first = { role: 'user', content: 'Something else entirely.' }
    expect(remembered(list('a'), list('a', first)).modified).toEqual({})
    expect(remembered(list('a'), list('b', first)).modified).toEqual({
      'messages[1].content': {
        old: 'Your key is [REDACTED], keep it.',
        new: 'Your key is [REDACTED], keep it.',
      },
    })
  })

  it('says nothing of secrets that only came or only went', () => {
    const [one, two] = [`Use ${secret('a')}.`, `Use ${secret('a')} or ${secret('b')}.`]
    for (const { modified } of [remembered({ one }, { one: two }), remembered({ one: two }, { one })]) {
      expect(modified.one).not.toHaveProperty('secret_changed')
    }
    expect(remembered({}, { api_key: secret('a') })).toEqual({
      added: { api_key: '[REDACTED]' },
      modified: {},
      removed: {},
    })
  })

  it('takes what was remembered in an older form for unknown', () => {
    const { value, fingerprints } = redactor.valueWithFingerprints({ api_key: secret('b') }, KEY)
    const older = { config: value, fingerprints: { api_key: 'abc' }, occurredAt: null } as unknown as Snapshot
    expect(diffFromSnapshot(older, value, fingerprints).equal).toBe(true)
  })

  it('says the same as the diff of the configurations themselves', () => {
    const word = fc.constantFrom('Use', 'this', 'key', 'Call', 'with', '\n')
    const part = fc.oneof(
      word,
      fc.constantFrom('a', 'b', 'c').map((name) => secret(name)),
    )
    const text = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(' '))
    const config = fc.record({
      prompt: text,
      api_key: fc.constantFrom('a', 'b').map(secret),
      nested: fc.record({ note: text, n: fc.nat(2) }),
    })
    fc.assert(
      fc.property(config, config, (before, after) => {
        expect(remembered(before, after)).toEqual(given(before, after))
      }),
      { numRuns: 300 },
    )
  })
})
