import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonValue } from '../json.ts'
import { applyDiff } from './apply-diff.ts'
import { diffConfig } from './diff-config.ts'
import { formatPath } from './path.ts'
import { toConfigDiffPayload } from './payload.ts'
import { isSetKey } from './set-keys.ts'

const shown = (before: JsonValue, after: JsonValue) =>
  diffConfig(before, after).changes.map(({ kind, path }) => `${kind} ${formatPath(path)}`)

const members = fc.array(fc.constantFrom<JsonValue>('a', 'b', 'c', 'd', 1, '1'), { maxLength: 6 })

it('lets members of a set come and go, and never become each other', () => {
  expect(shown({ stop: ['END'] }, { stop: ['HALT'] })).toEqual(['removed stop[0]', 'added stop[0]'])
  expect(shown({ stop: ['END', 'X', 'Y'] }, { stop: ['HALT', 'X', 'Z'] })).toEqual([
    'removed stop[0]',
    'removed stop[2]',
    'added stop[0]',
    'added stop[2]',
  ])
})

it('tells another order once for the whole set, and applies it', () => {
  const plain = { stop: ['a', 'b', 'c'], tags: ['x', 'y', 'z'] }
  const mixed = { stop: ['c', 'new', 'a'], tags: ['z', 'y', 'x'] }
  expect(shown(plain, mixed)).toEqual(['moved stop', 'removed stop[1]', 'added stop[1]', 'moved tags'])
  expect(toConfigDiffPayload(diffConfig({ tags: ['x', 'y'] }, { tags: ['y', 'x'] }))).toEqual({
    added: {},
    modified: {},
    removed: {},
    moved: { tags: { from: 'tags' } },
  })
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50), { minLength: 2 }), fc.nat(), (tags, seed) => {
      const shuffled = tags.toSorted((a, b) => ((a * 7919 + seed) % 101) - ((b * 7919 + seed) % 101))
      const diff = diffConfig({ tags }, { tags: shuffled })
      expect(diff.changes.length).toBe(JSON.stringify(tags) === JSON.stringify(shuffled) ? 0 : 1)
      expect(applyDiff({ tags }, JSON.parse(JSON.stringify(diff)))).toEqual({ tags: shuffled })
    }),
  )
})

it('refuses an order of other members', () => {
  const diff = diffConfig({ tags: ['a', 'b', 'c'] }, { tags: ['c', 'b', 'a'] })
  for (const tags of [['a'], ['a', 'b', 'c', 'd']]) expect(() => applyDiff({ tags }, diff)).toThrow('does not fit')
})

it('names exactly who came and who went, in both directions', () => {
  const named = (value: JsonValue, other: JsonValue, kind: 'added' | 'removed') =>
    diffConfig({ tags: value }, { tags: other })
      .changes.filter((change) => change.kind === kind)
      .map(({ before, after }) => (kind === 'added' ? after : before) as JsonValue)
  const without = (from: readonly JsonValue[], taken: readonly JsonValue[]) => {
    const rest = [...taken]
    return from.filter((value) => {
      const at = rest.indexOf(value)
      if (at >= 0) rest.splice(at, 1)
      return at < 0
    })
  }
  fc.assert(
    fc.property(members, members, (a, b) => {
      expect(diffConfig({ tags: a }, { tags: b }).changes.some(({ kind }) => kind === 'modified')).toBe(false)
      expect(named(a, b, 'added').map(String).sort()).toEqual(without(b, a).map(String).sort())
      expect(named(a, b, 'removed').map(String).sort()).toEqual(without(a, b).map(String).sort())
      expect(applyDiff({ tags: a }, diffConfig({ tags: a }, { tags: b }))).toEqual({ tags: b })
    }),
  )
})

it('knows its keys however they are written, and lists of structures as ordinary ones', () => {
  for (const key of ['stop', 'stopSequences', 'stop-words', 'STOP_SEQUENCES', 'Tags'])
    expect(isSetKey(key), key).toBe(true)
  for (const key of ['messages', 'constructor', '', 0, undefined]) expect(isSetKey(key)).toBe(false)
  expect(shown({ labels: [{ v: 1 }] }, { labels: [{ v: 2 }] })).toEqual(['modified labels[0].v'])
})
