import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const guide = readFileSync(join(root, 'docs/embed-in-express.md'), 'utf8')
const snippets = [...guide.matchAll(/^```ts(?: file=(\S+))?\n(.*?)^```/gms)]

test('the guide shows code', () => {
  expect(snippets.length).toBeGreaterThanOrEqual(8)
})

test.each(snippets.map(([, file = '', code = '']) => [file, code] as const))(
  '%s holds what the guide shows',
  (file, code) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(code)
  },
)
