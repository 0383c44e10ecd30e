import { expect, it } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { compileTemplate } from './template.ts'

it('puts values in, once', () => {
  const fill = compileTemplate('pullwright/{{app}}/{{ environment }}', ['app', 'environment'])
  expect(fill({ app: 'bot', environment: '{{app}}' })).toBe('pullwright/bot/{{app}}')
  expect(fill({ app: '$& $1' })).toBe('pullwright/$& $1/')
})

it('has no way to anything but the variables', () => {
  for (const text of [
    '{{constructor}}',
    '{{app.length}}',
    '{{#if app}}',
    '{{app + 1}}',
    '{{}}',
    '$\u007b{ github.token }}',
  ]) {
    let thrown: unknown
    try {
      compileTemplate(text, ['app', 'environment'])
    } catch (error) {
      thrown = error
    }
    expect(isPullwrightError(thrown) && thrown.code, text).toBe('invalid-argument')
    expect(String(thrown)).toContain('app, environment')
  }
  expect(compileTemplate('{{toString}}', ['toString'])({})).toBe('')
})

it('leaves single braces alone and refuses one never closed', () => {
  expect(compileTemplate('{a} }} {', [])({})).toBe('{a} }} {')
  expect(() => compileTemplate('x {{app', ['app'])).toThrow(/never closed/)
})
