import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeQuickActions } from './escape-quick-actions.ts'

test('no line outside a code block commands GitLab', () => {
  expect(escapeQuickActions('/merge\ntext /close\n  /approve\n/')).toBe('\\/merge\ntext /close\n  \\/approve\n/')
})

test('code stays as it is, also where a fence of another kind stands in it', () => {
  const code = '```diff\n/merge\n~~~\n/close\n```'
  expect(escapeQuickActions(`${code}\n/close`)).toBe(`${code}\n\\/close`)
})

test('is done once however often it is asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('/merge', '```', '~~~~', 'text', ' /x', '')), (lines) => {
      const once = escapeQuickActions(lines.join('\n'))
      expect(escapeQuickActions(once)).toBe(once)
    }),
  )
})
