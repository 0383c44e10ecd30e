import fc from 'fast-check'
import { expect, it } from 'vitest'
import { renderCheckSummary } from './check-summary.ts'

const deployment = {
  app_name: 'bot',
  environment: 'production',
  revision: 3,
  url: 'https://app.example.com/7',
  previous_config: { model: 'a', prompt: 'one\ntwo', tags: ['x', 'y'] },
  config: { model: 'b', prompt: 'one\nthree', tags: ['y', 'x'], extra: 1 },
  evaluation: { accuracy: { value: 0.8, previous: 0.9, direction: 'higher' } },
}

it('tells in counts, in short and in full', () => {
  const { title, summary, text, truncated } = renderCheckSummary(deployment)
  expect(title).toBe('1 model setting changed, 1 prompt text changed, 1 other setting added')
  expect(summary).toContain('**Summary**: Model `a` → `b`')
  expect(summary).toContain('⚠️ **1 worse** (`accuracy` `0.9` → `0.8`)')
  expect(summary).toContain('[View this deployment](https://app.example.com/7)')
  expect(text).toContain('-two\n+three')
  expect(truncated).toBe(false)
})

it('fits, in bytes, whatever there is to tell', () => {
  const prompt = (word: string) => Array.from({ length: 5000 }, (_, i) => `${word} ${i} ééé 😀`).join('\n')
  const big = { ...deployment, previous_config: { prompt: prompt('a') }, config: { prompt: prompt('b') } }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70_000 }), (size) => {
      const { title, summary, text, truncated } = renderCheckSummary(big, { limit: { size, unit: 'bytes' } })
      expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(size)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(size)
      expect(title.length).toBeLessThanOrEqual(255)
      expect(truncated).toBe(true)
    }),
    { numRuns: 15 },
  )
  const { text } = renderCheckSummary(big)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535)
  expect(Buffer.byteLength(text)).toBeGreaterThan(50_000)
})

it('says so where there is nothing to tell', () => {
  expect(renderCheckSummary({}).title).toBe('Configuration deployed')
  expect(renderCheckSummary({ config: { a: 1 }, previous_config: { a: 1 } }).title).toBe('No configuration changes')
  expect(renderCheckSummary({ config: null, previous_config: { a: 1 } }).title).toBe('Removed')
})
