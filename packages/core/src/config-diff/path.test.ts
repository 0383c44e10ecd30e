import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { formatPath, type Path, parsePath } from './path.ts'

const path: fc.Arbitrary<Path> = fc.array(
  fc.oneof(
    fc.nat(),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('a', '$x', '_', 'a.b', '0', '', '__proto__', '"', '\\', ']', '["x"]', '\ud800', 'größe', 'top-p'),
  ),
  { maxLength: 6 },
)

it('writes names with dots, indexes in brackets, and quotes every other key', () => {
  expect(formatPath(['messages', 0, 'content'])).toBe('messages[0].content')
  expect(formatPath(['headers', 'x-a.b', 'value'])).toBe('headers["x-a.b"].value')
  expect(formatPath(['0', 0, ''])).toBe('["0"][0][""]')
  expect(formatPath(['__proto__'])).toBe('["__proto__"]')
  expect(formatPath([])).toBe('')
})

it('reads back what it wrote', () => {
  fc.assert(
    fc.property(path, (value) => {
      expect(parsePath(formatPath(value))).toEqual(value)
    }),
    { numRuns: 1000 },
  )
})

it('gives different paths different texts', () => {
  fc.assert(
    fc.property(path, path, (a, b) => {
      expect(formatPath(a) === formatPath(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})

it('refuses what is no path and says where', () => {
  for (const text of ['.a', 'a.', 'a..b', 'a b', 'a[', 'a[01]', 'a[-1]', 'a["b]', 'a[b]', '[0]a', '["\\q"]', 'ä']) {
    let thrown: unknown
    try {
      parsePath(text)
    } catch (error) {
      thrown = error
    }
    expect(isPullwrightError(thrown) && thrown.code, text).toBe('invalid-argument')
  }
})
