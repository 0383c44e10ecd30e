import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import {
  type RenderableDeployment,
  type RenderedPullRequest,
  type RenderOptions,
  renderCheckSummary,
  renderPullRequest,
} from '@pullwright/core'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { goldenPage } from './lib/golden-page.mjs'
import { root } from './lib/root.mjs'

const USAGE = `Renders the golden pull requests of packages/core/test/golden for people to look at.

  npx tsx -C @pullwright/source scripts/render-golden.ts [name…]

  --update       writes what is rendered now as what is expected; read the difference before you commit it
  --out FOLDER   where HTML and PNG go; default .pullwright/golden
  --dark         as with a dark theme`

/** Names under which distributions install it. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const WIDTH = 960

interface Golden {
  name: string
  about: string
  rendered: RenderedPullRequest
  /** Title, summary and text of the check, one below the other. */
  check: string
}

/** Exit code: 0 done, 2 the command was not understood. */
export function main(args: readonly string[], print: (line: string) => void): 0 | 2 {
  let settings: ReturnType<typeof readArguments>
  try {
    settings = readArguments(args)
  } catch (error) {
    print(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return 2
  }
  const folder = join(root, 'packages/core/test/golden')
  const wanted = (name: string) => settings.names.length === 0 || settings.names.some((part) => name.includes(part))
  const goldens = readdirSync(folder)
    .filter(wanted)
    .map((name) => render(folder, name))
  if (settings.update) for (const golden of goldens) update(folder, golden)
  if (settings.update) print(`${goldens.length} expected pull requests written`)
  const pages = writePages(goldens, settings)
  print(`${pages.length} pages in ${settings.out}`)
  print(takePictures(pages))
  return 0
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { update: { type: 'boolean' }, dark: { type: 'boolean' }, out: { type: 'string' } },
  })
  const out = resolve(values.out ?? join(root, '.pullwright/golden'))
  return { names: positionals, update: values.update === true, dark: values.dark === true, out }
}

function render(folder: string, name: string): Golden {
  const { about, options, deployment } = JSON.parse(readFileSync(join(folder, name, 'input.json'), 'utf8')) as {
    about: string
    options?: RenderOptions
    deployment: RenderableDeployment
  }
  const { title, summary, text } = renderCheckSummary(deployment, { details: options?.details ?? true })
  const check = [title, summary, text].join('\n\n')
  return { name, about, check, rendered: renderPullRequest(deployment, options) }
}

function update(folder: string, { name, check, rendered: { title, body, commitMessage } }: Golden): void {
  for (const [file, text] of Object.entries({ title, body, 'commit-message': commitMessage, check })) {
    writeFileSync(join(folder, name, `${file}.md`), `${text}\n`)
  }
}

function writePages(goldens: readonly Golden[], { out, dark }: { out: string; dark: boolean }): string[] {
  mkdirSync(out, { recursive: true })
  return goldens.map(({ name, about, rendered }) => {
    const options = { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] }
    const page = join(out, `${name}.html`)
    writeFileSync(page, goldenPage({ ...rendered, about, html: micromark(rendered.body, options), dark }))
    return page
  })
}

/** Pictures of all pages, by Chromium where there is one. Answers what came of it. */
function takePictures(pages: readonly string[]): string {
  const browser = BROWSERS.find((path) => existsSync(path))
  if (browser === undefined) return 'skipped the pictures: no Chromium here (Debian: apt-get install chromium)'
  for (const page of pages) {
    const height = heightOf(browser, page)
    const shot = [`--screenshot=${page.replace(/html$/, 'png')}`, `--window-size=${WIDTH},${height}`]
    browse(browser, [...shot, pathToFileURL(page).href])
  }
  return `${pages.length} pictures beside them`
}

/** The page writes its own height into its title. */
function heightOf(browser: string, page: string): number {
  const html = browse(browser, ['--dump-dom', `--window-size=${WIDTH},800`, pathToFileURL(page).href])
  return Math.min(12_000, Number(/<title>(\d+)<\/title>/.exec(html)?.[1] ?? 2000))
}

function browse(browser: string, args: readonly string[]): string {
  const common = ['--headless', '--disable-gpu', '--no-sandbox', '--hide-scrollbars', '--virtual-time-budget=1000']
  return execFileSync(browser, [...common, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
}
