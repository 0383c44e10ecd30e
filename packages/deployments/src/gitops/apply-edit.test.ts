import { createRedactor, type JsonValue } from '@pullwright/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdit } from './apply-edit.ts'

const redactor = createRedactor()
const facts = { shownOf: (config: JsonValue) => redactor.value(config) }
const SECRET = `sk-${'a1B2c3D4e5'.repeat(4)}`
const RAW = {
  llm: { model: 'gpt-4', temperature: 0.7, api_key: SECRET },
  messages: [
    { role: 'system', content: 'You are kind.' },
    { role: 'user', content: `Call with ${SECRET}` },
  ],
}
const shown = () => structuredClone(redactor.value(RAW))

describe('an edit in Git', () => {
  it('reaches the raw configuration and leaves its secrets as they are', () => {
    const edited = shown()
    edited.llm.temperature = 0.2
    edited.messages[0] = { role: 'system', content: 'You are kind and brief.' }
    expect(applyEdit(RAW, edited, facts)).toEqual({
      changed: true,
      config: {
        llm: { ...RAW.llm, temperature: 0.2 },
        messages: [{ role: 'system', content: 'You are kind and brief.' }, RAW.messages[1]],
      },
    })
  })

  it('of nothing changes nothing', () => {
    expect(applyEdit(RAW, shown(), facts)).toEqual({ changed: false, config: RAW })
  })

  it('may add a message before one that holds a secret', () => {
    const edited = shown()
    edited.messages.unshift({ role: 'system', content: 'First of all.' })
    expect(applyEdit(RAW, edited, facts)).toMatchObject({
      config: { messages: [{ content: 'First of all.' }, RAW.messages[0], RAW.messages[1]] },
    })
  })

  it('of a hidden value is blocked, however it is done', () => {
    const changed = shown()
    changed.llm.api_key = 'another'
    const removed: { llm: { api_key?: string } } = shown()
    delete removed.llm.api_key
    const around = shown()
    around.messages[1] = { role: 'user', content: 'Call with [REDACTED], please' }
    const copied = { ...shown(), more: '[REDACTED:ab12]' }
    const replaced = { ...shown(), llm: 'gpt-4' }
    for (const edited of [changed, removed, around, copied, replaced, 'nothing', null]) {
      expect(applyEdit(RAW, edited as JsonValue, facts)).toEqual({ blocked: expect.stringContaining('hidden value') })
    }
  })

  it('knows a mask of the host too', () => {
    const own = createRedactor({ replacement: '***' })
    const edited = structuredClone(own.value(RAW))
    edited.llm.temperature = 0.2
    const shownOf = (config: JsonValue) => own.value(config)
    expect(applyEdit(RAW, edited, { shownOf })).toMatchObject({ config: { llm: { ...RAW.llm, temperature: 0.2 } } })
    edited.llm.api_key = 'another'
    expect(applyEdit(RAW, edited, { shownOf })).toEqual({ blocked: expect.stringContaining('llm.api_key') })
    const copied = { ...own.value(RAW), more: '***' }
    expect(applyEdit(RAW, copied, { shownOf })).toEqual({ blocked: expect.stringContaining('more') })
  })

  it('never takes a pseudonym for the address it stands for', () => {
    const named = createRedactor({ pseudonymise: { key: 'k'.repeat(32) } })
    const raw = { owner: 'jane@example.com', text: 'Ask jane@example.com first.', limit: 3 }
    const there = { shownOf: (config: JsonValue) => named.value(config), pseudonyms: true }
    const seen = named.value(raw)
    expect(seen.owner).toMatch(/^user-/)
    expect(applyEdit(raw, { ...seen, limit: 5 }, there)).toEqual({ changed: true, config: { ...raw, limit: 5 } })
    const edits = [
      { ...seen, text: `${seen.text} Please.` },
      { ...seen, more: seen.owner },
      { ...seen, text: 'Ask user-0123456789 first.' },
    ]
    for (const edited of edits) {
      expect(applyEdit(raw, edited, there)).toEqual({ blocked: expect.stringContaining('hidden value') })
    }
  })

  it('is what changed in the file, whatever else runs by now', () => {
    const before = { a: 1, b: 1 }
    const runs = { a: 1, b: 2, c: 3 }
    const more = { shownOf: (config: JsonValue) => config, before }
    expect(applyEdit(runs, { a: 5, b: 1 }, more)).toEqual({ changed: true, config: { a: 5, b: 2, c: 3 } })
    expect(applyEdit(runs, { a: 1, b: 5 }, more)).toEqual({ blocked: expect.stringContaining('not what runs now') })
  })

  it('never brings a mask into a configuration', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const raw = { visible: a as JsonValue, api_key: SECRET }
        const applied = applyEdit(raw, { ...redactor.value(raw), visible: b as JsonValue }, facts)
        if ('blocked' in applied) return
        expect(applied.config).toMatchObject({ api_key: SECRET })
        expect(JSON.stringify(applied.config)).not.toContain('[REDACTED')
      }),
    )
  })
})
