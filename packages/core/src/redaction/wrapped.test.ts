import { expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'

const { text } = createRedactor()
const first = ['ghp', 'Zk3v9Qx2LmT7bR5wY1nC8dF4'].join('_')
const rest = 'hJ6sP0gK9aVe2'

it('the rest of a token that was broken over two lines is hidden, and the line stays', () => {
  for (const [before, between, after] of [
    ['Use ', '\n', '\nfrom now on.'],
    ['token: ', '\r\n  ', '\r\n'],
    ['> ', '\n> ', ''],
    ['+', '\n+', '\n-x'],
  ])
    expect(text(`${before}${first}${between}${rest}${after}`)).toBe(`${before}[REDACTED]${between}[REDACTED]${after}`)
})

it('a line after a token that looks like no token stays', () => {
  for (const line of [
    'You are kind.',
    'gpt-4o-mini',
    'deadbeefcafe0123deadbeefcafe0123deadbeef',
    '123e4567-e89b-12d3-a456-426614174000',
    'src/lib/index.ts',
    '2024-06-01',
    'instructions',
    `${rest} and more`,
  ])
    expect(text(`${first}\n${line}`)).toBe(`[REDACTED]\n${line}`)
})
