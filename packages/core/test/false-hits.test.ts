import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../src/redaction/redactor.ts'
import { drawing, ordinaryText, PIECES } from './ordinary-text.ts'

/*
 * What is no secret must stay readable: at most one false hit in a megabyte. Two corpora: prompts and configurations put
 * together from pieces below, the same in each run; and the Markdown files of all packages installed here, prose and code
 * that others wrote.
 */

const redactor = createRedactor()

function configOf(seed: number): Record<string, unknown> {
  const draw = drawing(seed)
  const sha = draw.bytes(32)
  return {
    id: draw.bytes(16).toString('hex'),
    checksum: `sha256:${sha.toString('hex')}`,
    image: `data:image/png;base64,${draw.bytes(640).toString('base64')}`,
    embedding: sha.toString('base64'),
    messages: [0, 1, 2].map(() => ({ role: 'user', content: ordinaryText(draw) })),
    llm_config: { model: 'gpt-4o-mini', max_tokens: 1024, logit_bias: { '50256': -100 }, stop: ['\n\n', '###'] },
    arguments: JSON.stringify({ order_id: `A-${sha.readUInt32BE()}`, note: PIECES.prose?.(draw), page_token: null }),
    tools: [{ name: 'login', parameters: { type: 'object', properties: { password: { type: 'string' } } } }],
  }
}

/** Lines in which a document shows a credential: those are to be hidden. */
const SHOWS_CREDENTIAL = /passw|authoriz|secret|\btoken\b|_TOKEN|\?token=|gh[psu]_|:\/\/[^ ]*:[^ ]*@/i

describe('of what is no secret, at most one place in a megabyte is hidden', () => {
  it('in prompts and configurations, as values and as text', () => {
    let size = 0
    const hits: string[] = []
    for (let seed = 1; size < 3e6; seed++) {
      const config = configOf(seed)
      const { value, redactions } = redactor.valueWithReport(config)
      const text = JSON.stringify(config)
      size += text.length
      const inText = redactor
        .textWithReport(text)
        .redactions.map(({ detector }) => `${detector} in the text of ${seed}`)
      hits.push(...redactions.map(({ path, detector }) => `${path}: ${detector} ${hidden(config, value)}`), ...inText)
    }
    expect(hits.slice(0, Math.max(0, hits.length - Math.floor(size / 1e6)))).toEqual([])
  }, 60_000)

  it('in the documentation of installed packages', () => {
    let size = 0
    const hits: string[] = []
    for (const text of documents()) {
      size += text.length
      const lines = text.split('\n')
      const safe = redactor.text(text).split('\n')
      if (lines.length !== safe.length) continue
      hits.push(...lines.filter((line, at) => line !== safe[at] && !SHOWS_CREDENTIAL.test(line)))
    }
    expect(size).toBeGreaterThan(1e6)
    expect(hits.slice(0, Math.max(0, hits.length - Math.floor(size / 1e6)))).toEqual([])
  }, 60_000)
})

/** Lines that are not as they were. */
function hidden(config: unknown, safe: unknown): string {
  const [lines, left] = [config, safe].map((value) => JSON.stringify(value).split('\\n'))
  return (lines ?? [])
    .filter((line, at) => line !== left?.[at])
    .join(' ⏎ ')
    .slice(0, 300)
}

function documents(): string[] {
  const root = join(import.meta.dirname, '../../../node_modules/.pnpm')
  return list(root)
    .flatMap((entry) => packagesIn(join(root, entry.name, 'node_modules')))
    .flatMap((folder) => list(folder).map((entry) => (entry.isFile() ? join(folder, entry.name) : '')))
    .filter((path) => /\.md$/i.test(path))
    .map((path) => readFileSync(path, 'utf8'))
}

/** Folders, not the links to other packages beside them. */
function packagesIn(folder: string): string[] {
  return list(folder).flatMap((entry) => {
    if (!entry.isDirectory()) return []
    const path = join(folder, entry.name)
    return entry.name.startsWith('@') ? packagesIn(path) : [path]
  })
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}
