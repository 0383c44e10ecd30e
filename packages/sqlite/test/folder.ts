import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for the files of one test file, gone when that is through. */
export function testFolder(): (name?: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'pullwright-sqlite-'))
  let count = 0
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name) => join(folder, name ?? `${++count}.db`)
}
