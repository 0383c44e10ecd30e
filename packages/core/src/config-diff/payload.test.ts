import fc from 'fast-check'
import { expect, it } from 'vitest'
import { diffConfig } from './diff-config.ts'
import { toConfigDiffPayload } from './payload.ts'
import { configPair } from './test-json.ts'

it('has the shape that receivers know', () => {
  const before = {
    temperature: 0.7,
    messages: [{ role: 'user', content: 'Hi' }],
    stop: 'x',
    tools: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
  }
  const after = {
    temperature: 0.5,
    messages: [{ role: 'user', content: 'Bye' }],
    'top.p': 1,
    tools: [{ name: 'b' }, { name: 'c' }, { name: 'a' }],
  }
  expect(toConfigDiffPayload(diffConfig(before, after))).toEqual({
    added: { '["top.p"]': 1 },
    modified: { temperature: { old: 0.7, new: 0.5 }, 'messages[0].content': { old: 'Hi', new: 'Bye' } },
    removed: { stop: 'x' },
    moved: { 'tools[2]': { from: 'tools[0]' } },
  })
})

it('has no moved member where nothing moved', () => {
  expect(toConfigDiffPayload(diffConfig({}, {}))).toEqual({ added: {}, modified: {}, removed: {} })
})

it('names a place that lost one element and got another in both sections', () => {
  expect(toConfigDiffPayload(diffConfig([{ name: 'a', x: 1 }], [{ name: 'b', y: 2 }]))).toEqual({
    added: { '[0]': { name: 'b', y: 2 } },
    modified: {},
    removed: { '[0]': { name: 'a', x: 1 } },
  })
})

it('puts the whole under the empty key', () => {
  expect(toConfigDiffPayload(diffConfig(1, 'x')).modified).toEqual({ '': { old: 1, new: 'x' } })
})

it('never lets two changes collide on a key, and loses none', () => {
  fc.assert(
    fc.property(configPair, ([a, b]) => {
      const diff = diffConfig(a, b)
      const { added, modified, removed, moved = {} } = toConfigDiffPayload(diff)
      const keys = [added, modified, removed, moved].flatMap((part) => Object.keys(part))
      expect(keys.length).toBe(diff.changes.length)
      const inAfter = [added, modified].flatMap((part) => Object.keys(part))
      expect(new Set(inAfter).size).toBe(inAfter.length)
    }),
    { numRuns: 1000 },
  )
})
