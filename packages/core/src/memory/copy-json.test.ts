import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyJson } from './copy-json.ts'

test('a copy is what JSON would make of the value', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withDate: true, withSparseArray: true }), (value) => {
      const text = JSON.stringify({ value })
      expect(JSON.stringify({ value: copyJson(value) ?? null })).toBe(text === '{}' ? '{"value":null}' : text)
    }),
  )
})

test('a copy shares nothing with the value', () => {
  const value = { list: [{ a: 1 }] }
  const copy = copyJson(value)
  value.list[0] = { a: 2 }
  value.list.push({ a: 3 })
  expect(copy).toEqual({ list: [{ a: 1 }] })
})

test('a member called __proto__ stays a member', () => {
  const value = JSON.parse('{"__proto__":{"polluted":true}}')
  const copy = copyJson(value)
  expect(Object.keys(copy)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
})
