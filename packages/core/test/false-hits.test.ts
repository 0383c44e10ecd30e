import { createHash } from 'node:crypto'
import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../src/redaction/redactor.ts'

/*
 * What is no secret must stay readable: at most one false hit in a megabyte. Two corpora: prompts and configurations put
 * together from pieces below, the same in each run; and the Markdown files of all packages installed here, prose and code
 * that others wrote.
 */

const redactor = createRedactor()

const SENTENCES = [
  'You are a helpful assistant for {{company}}; keep every answer under 120 words.',
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.',
  'Key points: be kind, be brief, be right. The key is to listen; the secret of success is patience.',
  'If the user forgot the password, send a reset link. Tokens: count them before you answer.',
  'Authorization: only managers may approve. Credentials are never asked for in chat.',
  'Use gpt-4o-mini-2024-07-18, claude-3-5-sonnet-20241022 or meta-llama/Llama-3.1-70B-Instruct.',
  'Call `search(query="shoes", key=lambda item: item.price)` and then `respond(token_budget=512)`.',
  'for (const key of Object.keys(map)) cache.set(key, await load(key, { token: signal }))',
  'SELECT key, token_count FROM prompts WHERE session = current_session() AND code = 200',
  'See https://docs.example.com/guides/auth/api-keys?version=2024-06-01&lang=en#rotating-keys for more.',
  'stop_token: <|endoftext|>, pad_token: <pad>, max_tokens: 4096, top_p: 0.95, seed: 42',
  'Pass the bearer of good news on; basic questions first. Cookie policy: see below.',
]

const hash = (name: string, seed: number) => createHash(name).update(String(seed)).digest()

function configOf(seed: number): unknown {
  const pick = (at: number) => SENTENCES[(hash('md5', seed * 31 + at)[0] ?? 0) % SENTENCES.length] ?? ''
  const sha = hash('sha256', seed)
  return {
    id: fc.sample(fc.uuid(), { numRuns: 1, seed })[0],
    commit: hash('sha1', seed).toString('hex'),
    checksum: `sha256:${sha.toString('hex')}`,
    integrity: `sha512-${hash('sha512', seed).toString('base64')}`,
    image: `data:image/png;base64,${Buffer.concat(Array.from({ length: 20 }, (_, at) => hash('sha256', seed + at))).toString('base64')}`,
    embedding: sha.toString('base64'),
    messages: [0, 1, 2].map((at) => ({ role: 'user', content: [pick(at), pick(at + 10), pick(at + 20)].join('\n') })),
    llm_config: { model: 'gpt-4o-mini', max_tokens: 1024, logit_bias: { '50256': -100 }, stop: ['\n\n', '###'] },
    arguments: JSON.stringify({ order_id: `A-${sha.readUInt32BE()}`, note: pick(5), page_token: null }),
    tools: [{ name: 'login', parameters: { type: 'object', properties: { password: { type: 'string' } } } }],
  }
}

/** Lines in which a document shows a credential: those are to be hidden. */
const SHOWS_CREDENTIAL = /passw|authoriz|secret|\btoken\b|_TOKEN|\?token=|gh[psu]_|:\/\/[^ ]*:[^ ]*@/i

describe('of what is no secret, at most one place in a megabyte is hidden', () => {
  it('in prompts and configurations, as values and as text', () => {
    let size = 0
    let hits = 0
    for (let seed = 1; size < 3e6; seed++) {
      const config = configOf(seed)
      const text = JSON.stringify(config)
      size += text.length
      hits += redactor.valueWithReport(config).redactions.length + redactor.textWithReport(text).redactions.length
    }
    expect(hits).toBeLessThanOrEqual(size / 1e6)
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
