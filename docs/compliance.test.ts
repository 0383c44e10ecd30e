import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const page = readFileSync(join(import.meta.dirname, 'compliance.md'), 'utf8')
/** Links whose text is a test's name and whose target is its file. */
const named = [...page.matchAll(/\[([^\]]+)\]\((\S+\.test\.ts)\)/g)].map(([, name = '', file = '']) => ({ name, file }))

it('every test that the page names is there', () => {
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter(({ name, file }) => !holds(file, name))).toEqual([])
  expect(holds('../packages/core/src/audit/chain.test.ts', 'no such test')).toBe(false)
})

it('every row of a table names one', () => {
  const rows = page.split('\n').filter((line) => /^\|(?! Asked for|---)/.test(line))
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter((row) => !/\(\S+\.test\.ts\)/.test(row))).toEqual([])
})

/** Whether the file has a test of that name, and does not skip it. */
function holds(file: string, name: string): boolean {
  const path = join(import.meta.dirname, file)
  if (!existsSync(path)) return false
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "\\\\?'")
  return new RegExp(`^\\s*(?:it|test)(?:\\.each\\([^]*?\\))?\\(\\s*['"\`]${quoted}['"\`],`, 'm').test(
    readFileSync(path, 'utf8'),
  )
}
