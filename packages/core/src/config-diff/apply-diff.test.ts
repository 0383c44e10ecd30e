import { expect, it } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { applyDiff } from './apply-diff.ts'
import type { Change } from './change.ts'
import { diffConfig } from './diff-config.ts'

it('carries a change over to a configuration that differs elsewhere', () => {
  const diff = diffConfig({ model: 'a', key: '[REDACTED]' }, { model: 'b', key: '[REDACTED]' })
  expect(applyDiff({ model: 'a', key: 'real' }, diff)).toEqual({ model: 'b', key: 'real' })
})

it('survives a trip through JSON', () => {
  const before = {
    messages: [
      { role: 'user', content: 'a\nb' },
      { role: 'system', content: 'x' },
    ],
  }
  const after = { messages: [{ role: 'system', content: 'x' }, { role: 'user', content: 'a\nc' }, null] }
  expect(applyDiff(before, JSON.parse(JSON.stringify(diffConfig(before, after))))).toEqual(after)
})

it('says which place is missing where the diff does not fit', () => {
  const misfits: Change[] = [
    { kind: 'modified', path: ['a', 'b'], before: 1, after: 2 },
    { kind: 'removed', path: ['x'], before: 1 },
    { kind: 'removed', path: ['list', 9], before: 1 },
    { kind: 'added', path: ['list', 9], after: 1 },
    { kind: 'modified', path: ['list', 0, 'deep'], before: 1, after: 2 },
    { kind: 'modified', path: ['list', 5], before: 1, after: 2 },
  ]
  for (const change of misfits) {
    let thrown: unknown
    try {
      applyDiff({ list: [1] }, { equal: false, changes: [change] })
    } catch (error) {
      thrown = error
    }
    expect(isPullwrightError(thrown) && thrown.code, JSON.stringify(change)).toBe('invalid-argument')
  }
})
