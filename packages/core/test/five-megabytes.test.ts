import { describe, expect, it } from 'vitest'
import { createRedactor, diffConfig, type JsonValue, renderPullRequest, toConfigDiffPayload } from '../src/index.ts'

/** Processor time, which other work on the machine does not lengthen much. The goal is one second, this is the alarm. */
const ALARM_MS = 2500

const messages = Array.from({ length: 20_000 }, (_, i) => ({
  role: i % 2 === 0 ? 'user' : 'assistant',
  content: `Message ${i}: ${'lorem ipsum dolor sit amet '.repeat(7)}${i * 7919}`,
}))
const settings = (by: number) => Object.fromEntries(Array.from({ length: 150_000 }, (_, i) => [`setting_${i}`, i + by]))
const lines = (word: string) =>
  Array.from({ length: 100_000 }, (_, i) => `line ${i} of a prompt of ${word} ${i % 3}`).join('\n')
const sentences = (word: string) => `All work and no play makes a ${word} prompt. `.repeat(120_000)
const words = (step: number) => Array.from({ length: 200_000 }, (_, i) => `word ${i * step}`)
const json = (mark: string) =>
  JSON.stringify(messages.slice(0, 7000).map(({ content }) => ({ content: content + mark })))

const cases: Record<string, [before: JsonValue, after: JsonValue]> = {
  'one edit': [{ messages }, { messages: messages.with(10_000, { role: 'user', content: 'new' }) }],
  'every message rewritten': [
    { messages },
    { messages: messages.map((each) => ({ ...each, content: `${each.content}!` })) },
  ],
  'messages reversed': [{ messages }, { messages: messages.toReversed() }],
  'a first deployment': [null, { messages }],
  'one line rewritten': [{ text: sentences('dull') }, { text: sentences('bright') }],
  'a hundred thousand lines rewritten': [{ text: lines('one') }, { text: lines('two') }],
  'JSON in texts': [
    { a: json(''), b: json('.') },
    { a: json('!'), b: json('?') },
  ],
  'very many settings': [settings(0), settings(1)],
  'a very large set': [{ stop: words(1) }, { stop: words(2).reverse() }],
}

describe('diff, redaction and rendering of 5 MB', () => {
  it.each(Object.keys(cases))('is done in time: %s', (name) => {
    const [before, after] = cases[name] ?? [null, null]
    const redactor = createRedactor()
    const start = process.cpuUsage()
    const diff = redactor.diff(diffConfig(before, after, { text: false }), { before, after })
    const { body } = renderPullRequest({ app_name: 'bot', config_diff: toConfigDiffPayload(diff) }, { redactor })
    const { user, system } = process.cpuUsage(start)
    expect(body.length).toBeLessThanOrEqual(65_536)
    expect((user + system) / 1000).toBeLessThan(ALARM_MS)
  })
})
