import ts from 'typescript'
import { textOf } from './files.mjs'

/** Where `docs/reference.md` keeps what is written here. */
export const OPTIONS = /(?<=<!-- options -->\n).*(?=<!-- end of options -->)/s

/** A table for each set of options: what it is called in the page, and the interfaces that make it. */
const TABLES: [title: string, ...interfaces: [file: string, name: string][]][] = [
  ['`createPullwright(options)`', ['options.ts', 'PullwrightOptions']],
  ['`limits`', ['options.ts', 'Limits']],
  [
    '`redaction`, `createRedactor(options)`',
    ['options.ts', 'RedactionOptions'],
    ['redaction/redactor.ts', 'RedactorOptions'],
  ],
  ['`egress`', ['http/egress-guard.ts', 'EgressOptions']],
  ['`retention`', ['retention/retention.ts', 'RetentionOptions']],
  ['`retention.audit`', ['retention/audit-retention.ts', 'AuditRetention']],
  ['`emitter.emit(type, data, options)`', ['engine/emitter.ts', 'EmitOptions']],
  [
    '`createPullwrightHandler(pullwright, options)`, `pullwrightExpress(pullwright, options)`',
    ['http-api/handler.ts', 'PullwrightHandlerOptions'],
    ['http-api/admin-routes.ts', 'AdminOptions'],
  ],
  ['`hooks`', ['http-api/hook-guard.ts', 'HookOptions']],
]

/** The options of core, in the words of the sources. */
export function optionTables(): string {
  const tables = TABLES.map(([title, ...interfaces]) => {
    const rows = interfaces.flatMap(([file, name]) => membersOf(`packages/core/src/${file}`, name))
    return `### ${title}\n\n| Option | What it does |\n|---|---|\n${rows.join('\n')}\n`
  })
  return `\n${tables.join('\n')}\n`
}

function membersOf(file: string, name: string): string[] {
  const found = parsed(file).statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  )
  if (found === undefined || !ts.isInterfaceDeclaration(found)) throw new Error(`${file} has no interface ${name}`)
  return found.members.map((member) => {
    const said = ts.getJSDocCommentsAndTags(member).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    if (said.join('') === '') throw new Error(`${file}: nothing is said of ${name}.${member.name?.getText()}`)
    return `| \`${member.name?.getText()}\` | ${said.join(' ').replace(/\s+/g, ' ').replaceAll('|', '\\|')} |`
  })
}

function parsed(file: string): ts.SourceFile {
  return ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2023, true)
}
