import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPullwright, generateKey } from '@pullwright/core'
import { sqlite } from '@pullwright/sqlite'
import { afterAll, expect, it } from 'vitest'
import { projectFiles, textOf } from '../scripts/lib/files.mjs'
import { readSnippets } from '../scripts/lib/snippets.ts'

const page = textOf('docs/operations.md')
const sources = projectFiles()
  .filter((path) => /^packages\/core\/src\/.*(?<!\.test)\.ts$/.test(path))
  .map(textOf)
  .join('\n')
const folder = mkdtempSync(join(tmpdir(), 'pullwright-operations-'))
const logger = { debug() {}, info() {}, warn() {}, error() {} }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the page names every metric there is, and no other', () => {
  const named = (text: string, pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort()
  const recorded = named(sources, /telemetry\.(?:count|time|gauge)\(\s*'([\w.]+)'/g)
  expect(named(page, /^\| `(pullwright\.[\w.]+)` \|/gm)).toEqual(recorded)
})

it('the page quotes lines of the log as they are', () => {
  const quoted = [...page.matchAll(/log `([^`]+)`/g)].map(([, line = '']) => line)
  expect(quoted.length).toBeGreaterThanOrEqual(2)
  for (const line of quoted) expect(sources).toContain(line)
})

it('readyz answers in the shape that the page shows', async () => {
  const pullwright = createPullwright({ key: generateKey(), logger })
  await pullwright.webhooks.endpoints.create({ url: 'https://hooks.example.com/', events: ['*'] })
  await pullwright.emitter.emit('variant.created', { app_name: 'bot', variant_name: 'v2' })
  const answer = (await (await pullwright.handler(new Request('http://127.0.0.1/readyz'))).json()) as Shown
  const shown = JSON.parse(readSnippets(page).find(({ lang }) => lang === 'json')?.code ?? '') as Shown
  expect(answer.backlog).toHaveLength(1)
  expect(shapeOf(answer)).toEqual(shapeOf(shown))
})

it('a key is rotated by a new one in front, and what the old one sealed needs it', async () => {
  const [before, fresh] = [generateKey(), generateKey()]
  const run = async (key: string[], work: (pullwright: ReturnType<typeof createPullwright>) => Promise<unknown>) => {
    const pullwright = createPullwright({ store: sqlite({ file: join(folder, 'keys.db') }), key, logger })
    try {
      return await work(pullwright)
    } finally {
      await pullwright.stop()
    }
  }
  const create = (name: string) => (pullwright: ReturnType<typeof createPullwright>) =>
    pullwright.webhooks.endpoints.create({ name, url: 'https://hooks.example.com/', events: ['*'] })
  await run([before], create('old'))
  await run([fresh, before], create('new'))
  await expect(run([fresh], (pullwright) => pullwright.start())).rejects.toMatchObject({ code: 'key-mismatch' })
})

interface Shown {
  backlog: object[]
}

function shapeOf({ backlog, ...rest }: Shown) {
  return [Object.keys(rest), Object.keys(backlog[0] ?? {})]
}
