import { expect, it } from 'vitest'
import { autoMergeIn } from './auto-merge-in.ts'

it('one word is for every environment', () => {
  expect(autoMergeIn('squash', 'production')).toBe('squash')
  expect(autoMergeIn(undefined, 'staging')).toBeUndefined()
})

it('staging is automatic and production manual, unless they are named', () => {
  const said = (asked: Parameters<typeof autoMergeIn>[0]) =>
    ['staging', 'dev', 'production', 'prod-eu'].map((environment) => autoMergeIn(asked, environment))
  expect(said({})).toEqual([true, true, undefined, undefined])
  expect(said({ staging: false, production: 'squash' })).toEqual([false, true, 'squash', undefined])
  expect(said({ '*': false, dev: 'rebase', 'prod*': true })).toEqual([false, 'rebase', false, false])
  expect(autoMergeIn({}, 'toString')).toBe(true)
})
