import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
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
/** Each browser takes a core and some hundred megabytes. */
const AT_ONCE = 2
/** Milliseconds for one page. */
const SLOWEST = 60_000

interface Golden {
  name: string
  about: string
  rendered: RenderedPullRequest
  /** Title, summary and text of the check, one below the other. */
  check: string
}

/** Exit code: 0 done, also where there is no browser; 1 a picture failed; 2 the command was not understood. */
export async function main(args: readonly string[], print: (line: string) => void): Promise<0 | 1 | 2> {
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
  return takePictures(pages, print)
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

/** Pictures of all pages, by Chromium where there is one, a few at a time. One that fails does not keep the others. */
async function takePictures(pages: readonly string[], print: (line: string) => void): Promise<0 | 1> {
  const browser = BROWSERS.find((path) => existsSync(path))
  if (browser === undefined) {
    print(`skipped the pictures: none of ${BROWSERS.join(', ')} is here (Debian: apt-get install chromium)`)
    return 0
  }
  const left = [...pages]
  const failed: string[] = []
  const work = async () => {
    for (let page = left.shift(); page !== undefined; page = left.shift()) {
      const problem = await takePicture(browser, page).catch((error: unknown) => String(error))
      if (problem !== null) failed.push(`${page}: ${problem}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  print(`${pages.length - failed.length} pictures beside them`)
  for (const line of failed) print(`no picture of ${line}`)
  return failed.length === 0 ? 0 : 1
}

/** Null: done. */
async function takePicture(browser: string, page: string): Promise<string | null> {
  const { href } = pathToFileURL(page)
  const dom = await browse(browser, ['--dump-dom', `--window-size=${WIDTH},800`, href])
  // The page writes its own height into its title.
  const height = Math.min(12_000, Number(/<title>(\d+)<\/title>/.exec(dom)?.[1] ?? 2000))
  const picture = page.replace(/html$/, 'png')
  rmSync(picture, { force: true })
  await browse(browser, [`--screenshot=${picture}`, `--window-size=${WIDTH},${height}`, href])
  return existsSync(picture) ? null : 'the browser ended and wrote none'
}

/** A busy machine may take long to start a browser; one that hangs is ended and started once more. */
async function browse(browser: string, args: readonly string[], again = true): Promise<string> {
  const common = ['--headless', '--disable-gpu', '--no-sandbox', '--hide-scrollbars', '--virtual-time-budget=1000']
  const run = promisify(execFile)(browser, [...common, ...args], {
    timeout: SLOWEST,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
  })
  return run.then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      if (again) return browse(browser, args, false)
      const { killed, code } = error as { killed?: boolean; code?: number | string }
      throw new Error(
        killed ? `${browser} took more than ${SLOWEST / 1000} s, twice` : `${browser} failed with ${code}`,
      )
    },
  )
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
}
