import ts from 'typescript'
import type { Snippet } from './snippets.ts'

/** A line of a module, and the line of the page that it comes from. */
export interface Line {
  text: string
  line: number
}

/** What a page's code is compiled as: by file name, the lines of each module. */
export type PageModules = Map<string, Line[]>

/** The module of everything that has no name of its own. */
export const MAIN = 'page.ts'

/**
 * The TypeScript of a page as modules. A snippet with `file=name.ts` is that module, whole. All others are one module
 * together: what one declares the next ones know, and may declare anew, as each is a block within the one before.
 * Their imports, and what comments give, stand above. It is all within a function, so that `return` may be shown.
 */
export function pageModules(snippets: readonly Snippet[]): PageModules {
  const modules: PageModules = new Map()
  const imports = new Map<string, Import>()
  const top: Line[] = []
  const body: Line[] = []
  let depth = 0
  for (const { lang, file, code, line, hidden } of snippets) {
    if (lang !== 'ts' || file?.includes('/')) continue
    if (file !== null) modules.set(file, linesOf(code, line))
    else if (hidden) top.push(...linesOf(takeImports(code, line, imports), line))
    else {
      depth += 1
      body.push({ text: '{', line }, ...linesOf(takeImports(code, line, imports, true), line))
    }
  }
  const end = { text: '}'.repeat(depth + 1), line: body.at(-1)?.line ?? 1 }
  const named = [...imports.values()].map(({ text, line }) => ({ text, line }))
  modules.set(MAIN, [...named, ...top, { text: 'export async function page() {', line: 1 }, ...body, end])
  return modules
}

interface Import extends Line {
  typeOnly: boolean
}

function linesOf(code: string, first: number): Line[] {
  return code.split('\n').map((text, index) => ({ text, line: first + index }))
}

/** Notes the imports of a snippet and answers its code with blanks for them, and for `export` where it may not stand. */
function takeImports(code: string, first: number, imports: Map<string, Import>, inFunction = false): string {
  const source = ts.createSourceFile(MAIN, code, ts.ScriptTarget.ES2023, true)
  let rest = code
  for (const statement of source.statements) {
    const { line } = source.getLineAndCharacterOfPosition(statement.getStart())
    if (ts.isImportDeclaration(statement)) {
      rest = blank(rest, statement.getStart(), statement.end)
      for (const one of partsOf(statement, first + line)) keep(one)
    } else if (inFunction && ts.canHaveModifiers(statement)) {
      const exported = ts.getModifiers(statement)?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      if (exported) rest = blank(rest, exported.getStart(), exported.end)
    }
  }
  return rest

  /** The same name from the same place, twice on a page, is one import: of a value, if one of them is. */
  function keep([key, found]: [string, Import]) {
    if (imports.get(key)?.typeOnly !== false) imports.set(key, found)
  }
}

/** An import, name by name: which name from where, and the statement that imports no other. */
function partsOf({ importClause, moduleSpecifier }: ts.ImportDeclaration, line: number): [string, Import][] {
  const from = moduleSpecifier.getText()
  if (importClause === undefined) return [[from, { text: `import ${from}`, line, typeOnly: false }]]
  const { name, namedBindings } = importClause
  const allTypes = importClause.phaseModifier === ts.SyntaxKind.TypeKeyword
  const part = (local: string, text: string, typeOnly = allTypes): [string, Import] => [
    `${local} ${from}`,
    { text: `import ${allTypes ? 'type ' : ''}${text} from ${from}`, line, typeOnly },
  ]
  const parts = name === undefined ? [] : [part(name.text, name.text)]
  if (namedBindings === undefined) return parts
  if (ts.isNamespaceImport(namedBindings)) return [...parts, part(namedBindings.name.text, namedBindings.getText())]
  const named = namedBindings.elements.map((element) =>
    part(element.name.text, `{ ${element.getText()} }`, allTypes || element.isTypeOnly),
  )
  return [...parts, ...named]
}

function blank(code: string, from: number, to: number): string {
  return code.slice(0, from) + code.slice(from, to).replace(/\S/g, ' ') + code.slice(to)
}
