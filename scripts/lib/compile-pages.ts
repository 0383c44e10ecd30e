import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { type Line, MAIN, pageModules } from './page-modules.ts'
import { root } from './root.mjs'
import type { Snippet } from './snippets.ts'

/** The page and the lines of each module, by the path it is taken to have. */
type Files = Map<string, { page: string; lines: Line[] }>

/** Where pages' code is taken to stand: within the project, though nothing is written there. */
const PLACE = join(root, 'docs/.snippets')
/** Whose dependencies a page may import, besides those of the root. */
const NEIGHBOURS = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'src', MAIN)),
)

/**
 * Compiles the TypeScript of Markdown pages against the sources, as strictly as the sources themselves. Answers a line
 * for each problem: `docs/events.md:12: …`.
 */
export function compilePages(pages: ReadonlyMap<string, readonly Snippet[]>): string[] {
  const files: Files = new Map()
  for (const [page, snippets] of pages) {
    for (const [name, lines] of pageModules(snippets)) files.set(join(PLACE, page, name), { page, lines })
  }
  const options = optionsOf()
  const program = ts.createProgram([...files.keys()], options, hostOf(files, options))
  return [...files].flatMap(([name, { page, lines }]) => {
    const source = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return ts.sortAndDeduplicateDiagnostics(found).map(({ start = 0, messageText }) => {
      const at = source === undefined ? 0 : source.getLineAndCharacterOfPosition(start).line
      return `${page}:${lines[at]?.line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

function optionsOf(): ts.CompilerOptions {
  const file = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...file.config, include: [] }, ts.sys, root)
  // A snippet shows how a thing is made, not what is done with it.
  return { ...options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false }
}

function hostOf(files: Files, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.readFile = (name) => textOf(files.get(name)?.lines) ?? readFile(name)
  host.fileExists = (name) => files.has(name) || fileExists(name)
  const folders = new Set([...files.keys()].map(dirname))
  host.directoryExists = (name) => folders.has(name) || ts.sys.directoryExists(name)
  const cache = ts.createModuleResolutionCache(root, (name) => name, options)
  host.resolveModuleNameLiterals = (literals, containing, redirected, _options, source) =>
    literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(source, literal, options)
      const from = (file: string) => ts.resolveModuleName(literal.text, file, options, host, cache, redirected, mode)
      const found = from(containing)
      const page = files.get(containing)?.page
      if (found.resolvedModule || page === undefined) return found
      // What stands beside the page, or what one of the packages depends on.
      const beside = [join(root, dirname(page), MAIN), ...(literal.text.startsWith('.') ? [] : NEIGHBOURS)]
      return beside.map(from).find(({ resolvedModule }) => resolvedModule) ?? found
    })
  return host
}

function textOf(lines: Line[] | undefined): string | undefined {
  return lines?.map(({ text }) => text).join('\n')
}
