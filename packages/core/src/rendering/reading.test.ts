import { describe, expect, it } from 'vitest'
import { textDiff } from '../config-diff/text-diff.ts'
import type { JsonValue } from '../json.ts'
import { diffLines } from './diff-lines.ts'
import { renderPullRequest } from './render-pull-request.ts'
import { readMarkdown } from './test-markdown.ts'

const body = (previous_config: JsonValue, config: JsonValue, options = {}) =>
  renderPullRequest({ previous_config, config }, options).body

describe('JSON in a text', () => {
  it('shows what changed inside by path', () => {
    const text = body(
      { schema: '{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}' },
      { schema: '{"required":["age","name"],"type":"object","properties":{"age":{"type":"number"},"name":{}}}' },
    )
    expect(text).toContain('- `schema › properties.age.type`: `integer` → `number`')
    expect(text).toContain('- `schema › properties.name`: `{}`')
    expect(text).toContain('- `schema › required`: added `name`')
    expect(text).not.toContain('```')
  })

  it('says where it is only written differently', () => {
    expect(body({ s: '{"a":1,"b":2}' }, { s: '{"b": 2, "a": 1}' })).toContain(
      '- `s`: the same JSON, written differently',
    )
  })

  it('hides what is secret inside', () => {
    const call = (key: string, limit: number) => JSON.stringify({ api_key: key, limit })
    const text = body({ call: call('first-one-of-them', 1) }, { call: call('second-one-of-them', 2) })
    expect(text).toContain('- `call › limit`: `1` → `2`')
    expect(text).not.toMatch(/first-one|second-one/)
    const both = renderPullRequest({
      config_diff: {
        added: {},
        removed: {},
        modified: { call: { old: call('a-secret-1', 1), new: call('a-secret-2', 1) } },
      },
    })
    expect(both.body).toContain('- `call`: changed (value redacted)')
  })
})

describe('sets and moves', () => {
  it('say who came and went, and no more of the order than that it changed', () => {
    const text = body(
      { stop: ['a', 'b', 'c'], tags: ['x', 'y', 'z'] },
      { stop: ['c', 'd', 'b'], tags: ['z', 'y', 'x'] },
    )
    expect(text).toContain('- `stop`: added `d`; removed `a`')
    expect(text).toContain('- `tags`: the same entries in another order')
    expect(text).not.toContain('stop[')
  })

  it('counts where many elements moved', () => {
    const list = Array.from({ length: 40 }, (_, i) => ({ id: i, text: `element ${i}` }))
    expect(body({ list }, { list: list.toReversed() })).toContain('- `list`: 39 elements moved')
  })
})

describe('messages and tools', () => {
  it('are called by role and name, also where only the configuration tells', () => {
    const modified = {
      'messages[1].content': { old: 'a\nb', new: 'a\nc' },
      'tools[0].function.strict': { old: true, new: false },
    }
    const config = {
      messages: [
        { role: 'system', content: '' },
        { role: 'user', content: '' },
      ],
      tools: [{ function: { name: 'search' } }],
    }
    const text = renderPullRequest({ config_diff: { added: {}, removed: {}, modified }, config }).body
    expect(text).toContain('**`messages[1].content`** (user message):')
    expect(text).toContain('- `tools[0].function.strict` (tool `search`): `true` → `false`')
  })

  it('are shown as texts where they are new', () => {
    const text = body(null, { prompt: { messages: [{ role: 'system', content: 'one\ntwo' }], version: 2 } })
    expect(text).toContain('**`prompt.messages[0]`** (system message):\n\n```diff\n+one\n+two\n```')
    expect(text).toContain('- `prompt.version`: `2`')
  })
})

describe('a long prompt', () => {
  const long = Array.from({ length: 60 }, (_, i) => `Rule ${i}: be kind.`).join('\n')

  it('folds where the forge renders it, and only there', () => {
    const folded = body({}, { prompt: long })
    expect(folded).toContain('<details>\n<summary>Show 60 lines</summary>\n\n```diff\n+Rule 0')
    expect(readMarkdown(folded)).toMatchObject({ html: [], folds: 0, open: 0 })
    expect(body({}, { prompt: long }, { details: false })).not.toContain('<')
    expect(body({}, { prompt: 'one\ntwo' })).not.toContain('<details>')
  })

  it('says in words what changed where that is little', () => {
    const text = body({ prompt: long }, { prompt: long.replace('Rule 30: be kind', 'Rule 30: be strict') })
    expect(text).toContain('**Changed words**: `kind` → `strict`')
    expect(text).toContain('@@ -28,7 +28,7 @@')
  })
})

describe('lines', () => {
  const shown = (before: string, after: string) => diffLines(textDiff(before, after), 100_000).lines

  it('of an edited paragraph are its sentences', () => {
    const paragraph = (word: string) =>
      `Intro.\n${'This sentence stays as it is, word for word. '.repeat(6)}Be ${word} to everybody. Then stop here, please.`
    expect(shown(paragraph('kind'), paragraph('strict'))).toEqual([
      ' Intro.',
      ' …',
      ' This sentence stays as it is, word for word.',
      '-Be kind to everybody.',
      '+Be strict to everybody.',
      ' Then stop here, please.',
    ])
  })

  it('are broken where they are longer than a page is wide, each part with its sign', () => {
    const words = 'word '.repeat(60).trim()
    const lines = shown('', words)
    expect(lines.filter((line) => line.startsWith('+')).length).toBe(3)
    expect(lines.slice(2).every((line) => line.startsWith('+↪ '))).toBe(true)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(114)
    expect(/\p{Cs}/u.test(shown('', '😀'.repeat(300)).join('\n'))).toBe(false)
  })
})

describe('the summary', () => {
  it('names the model and its sampling with their values, the rest in counts', () => {
    const text = body(
      { model: 'a', temperature: 1, prompt: 'Hi {{name}}', x: 1, api_key: 'one-of-the-keys' },
      { model: 'b', temperature: 0, prompt: 'Hello {{user}}', x: 2, api_key: 'another-of-the-keys' },
    )
    expect(text).toContain(
      '**Summary**: Model `a` → `b` · Temperature `1` → `0` · 1 prompt text changed · 2 other settings changed',
    )
    expect(text).toContain('**Hidden**: `api_key` changed, the value is redacted')
    expect(text).toContain('- [ ] Callers supply the new template variables')
    expect(text.indexOf('**Summary**')).toBeLessThan(text.indexOf('## Changes'))
  })

  it('is left out where the changes are as short', () => {
    expect(body({ a: 1 }, { a: 2 })).not.toContain('**Summary**')
  })

  it('counts what is not even looked at', () => {
    const settings = (by: number) => Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`s${i}`, i + by]))
    const text = body({ ...settings(0), model: 'a' }, { ...settings(1), model: 'b' })
    expect(text).toContain('**Summary**: Model `a` → `b` · 5000 other settings changed')
    expect(text).toMatch(/\d+ of 5001 changes are not shown here/)
  })
})

describe('what is not shown', () => {
  it('is named where whole sections had to go', () => {
    const config = { prompt: 'word '.repeat(2000) }
    const deployment = { app_name: 'bot', url: 'https://app.example.com/1', commit_message: 'Why', config }
    const { body: text } = renderPullRequest(deployment, { limits: { body: 400 } })
    expect(text.length).toBeLessThanOrEqual(400)
    expect(text).toMatch(/Left out for want of room\*\*: .*the review checklist.*\[View the whole deployment\]/)
  })

  it('is told where a secret in an edited text was replaced', () => {
    const key = (end: string) => ['sk', 'proj', 'Ab3'.repeat(14) + end].join('-')
    const prompt = (end: string, more: string) => ({ prompt: `Use the key ${key(end)} for this.\n${more}\nBe kind.` })
    expect(body(prompt('x', 'Be brief.'), prompt('y', 'Be long.'))).toContain('a hidden value in it changed too')
    const json = (end: string, limit: number) => ({ call: JSON.stringify({ note: key(end), limit }) })
    expect(body(json('x', 1), json('y', 2))).toContain('- `call`: a hidden value in it changed')
  })
})
