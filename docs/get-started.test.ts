import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { textOf } from '../scripts/lib/files.mjs'
import { root } from '../scripts/lib/root.mjs'
import { readSnippets } from '../scripts/lib/snippets.ts'

const folder = mkdtempSync(join(tmpdir(), 'pullwright-get-started-'))
const snippets = readSnippets(textOf('docs/get-started.md'))

beforeAll(() => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each(['first.ts', 'second.ts'])(
  '%s, run as a program, prints what the page shows after it',
  async (file) => {
    const at = snippets.findIndex((snippet) => snippet.file === file)
    const shown =
      snippets
        .slice(at)
        .find(({ lang }) => lang === 'text')
        ?.code.split('\n') ?? []
    expect(shown.length).toBeGreaterThan(0)
    const printed = await run(file, snippets[at]?.code ?? '')
    for (const line of shown) expect(printed).toContain(line)
    expect(printed).not.toContain('never-shown')
  },
  60_000,
)

it('keeps no secret in the database that is left behind', () => {
  expect(readFileSync(join(folder, 'pullwright.db')).includes('support-bot')).toBe(true)
  expect(readFileSync(join(folder, 'pullwright.db')).includes('never-shown')).toBe(false)
})

async function run(file: string, code: string): Promise<string> {
  writeFileSync(join(folder, file), code)
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')
  const args = [tsx, '--conditions=@pullwright/source', file]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder })
  return stdout
}
