import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compilePages } from '../scripts/lib/compile-pages.ts'
import { projectFiles, textOf } from '../scripts/lib/files.mjs'
import { root } from '../scripts/lib/root.mjs'
import { readSnippets, type Snippet } from '../scripts/lib/snippets.ts'

// How to write code in a page, so that it is checked:
// - ```ts is compiled against the sources. What one snippet declares, those below it on the page know. What a page takes
//   for granted is declared in a comment that no reader sees: <!-- given, a line break, TypeScript, a line break, -->.
// - ```ts file=name.ts is a module of its own, which others of the page import as './name.ts'. A comment may give one too:
//   <!-- given file=name.ts.
// - file= with a folder in it, in any language, names a file of the project that holds the snippet word for word: it is
//   checked by what checks or runs that file.
// - Other languages are read by what reads them, below. An indented block is a command line.

/** Each answers what is wrong, or nothing. */
const READERS: Record<string, (code: string) => string | null> = {
  json: problemOfJson,
  http: problemOfHttp,
  sh: problemOfShell,
  // For a proxy that is not here to read it.
  nginx: () => null,
  // Not code: what a program prints, and drawings.
  text: () => null,
}

const pages = new Map(
  projectFiles()
    // Under `golden` lies what Pullwright writes into pull requests.
    .filter((path) => path.endsWith('.md') && !path.includes('/golden/'))
    .map((path) => [path, readSnippets(textOf(path))] as const)
    .filter(([, snippets]) => snippets.length > 0),
)
const all = [...pages].flatMap(([page, snippets]) => snippets.map((snippet) => ({ page, ...snippet })))

// Loads the types of every package and of three frameworks: ten seconds alone, more beside others.
it('every TypeScript that a page shows compiles', () => {
  const broken = readSnippets("```ts\nimport { nothing } from '@pullwright/core'\n\nconst number: string = 1\n```\n")
  expect(compilePages(new Map([...pages, ['broken.md', broken]]))).toEqual([
    expect.stringMatching(/^broken\.md:2: .*nothing/),
    expect.stringMatching(/^broken\.md:4: .*not assignable/),
  ])
}, 180_000)

it('everything else that a page shows is read by what reads its language', () => {
  expect(all.map(problemOf).filter((problem) => problem !== null)).toEqual([])
}, 60_000)

describe('a snippet', () => {
  it.each(['', 'rust', 'go'])('in a language that nobody reads (%j) is a problem', (lang) => {
    expect(problemOf({ ...snippetOf('fn main() {}'), lang })).toContain('read')
  })

  it.each([
    ['json', '{ a: 1 }'],
    ['sh', 'for file in *; do'],
    ['http', 'POST hooks'],
    ['http', 'HTTP/1.1 200 OK\ncontent-type: application/json\n\n{ … }'],
  ])('of broken %s is a problem', (lang, code) => {
    expect(problemOf({ ...snippetOf(code), lang })).not.toBeNull()
  })

  it('that is not what the file says which it names, or names none that is there, is a problem', () => {
    const of = (file: string, code: string) => problemOf({ ...snippetOf(code), lang: 'go', file })
    expect(of('package.json', 'package main')).toContain('folder')
    expect(of('docs/none.go', 'package main')).toContain('holds')
    expect(of('docs/README.md', 'package main')).toContain('holds')
    expect(of('docs/README.md', '# Documentation')).toBeNull()
  })
})

function snippetOf(code: string): Snippet & { page: string } {
  return { page: 'page.md', lang: 'ts', file: null, code, line: 1, hidden: false }
}

function problemOf({ page, lang, file, code, line }: Snippet & { page: string }): string | null {
  const at = (problem: string | null) => problem && `${page}:${line}: ${problem}`
  if (file?.includes('/')) return at(holds(file, code) ? null : `${file} holds no such lines`)
  if (lang === 'ts') return null
  if (file !== null) return at('only TypeScript may be a file without a folder')
  return at(READERS[lang] === undefined ? `nobody reads '${lang}': name a file that holds it` : READERS[lang](code))
}

/** Whether a file of the project holds these lines, indented as there or less. */
function holds(file: string, code: string): boolean {
  const text = existsSync(join(root, file)) ? `\n${textOf(file)}\n` : ''
  const indented = (by: number) => `\n${code.replace(/^(?=.)/gm, ' '.repeat(by))}\n`
  return [0, 2, 4, 6, 8].some((by) => text.includes(indented(by)))
}

function problemOfJson(code: string): string | null {
  try {
    JSON.parse(code)
    return null
  } catch (error) {
    return String(error)
  }
}

/** A request or an answer: its first line, its headers, and after an empty line what it carries. */
function problemOfHttp(code: string): string | null {
  const [head = '', ...body] = code.split('\n\n')
  const [first = '', ...headers] = head.split('\n')
  if (!/^([A-Z]+ \/\S*( HTTP\/1\.1)?|HTTP\/1\.1 \d{3} .+)$/.test(first)) return `no first line: ${first}`
  const wrong = headers.find((header) => !/^[\w-]+: \S/.test(header))
  if (wrong !== undefined) return `no header: ${wrong}`
  return /^[[{]/.test(body[0] ?? '') ? problemOfJson(body.join('\n\n')) : null
}

function problemOfShell(code: string): string | null {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' })
  return status === 0 ? null : stderr
}
