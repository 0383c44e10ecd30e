import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
/** Where every package that the README names can be imported from. */
const virtual = join(root, 'examples/quickstart/src/readme.ts')

it('every TypeScript example of the README compiles, as it stands there', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code)
  expect(blocks.length).toBeGreaterThanOrEqual(2)
  const given = 'declare const config: Record<string, unknown>\ndeclare const previous_config: typeof config\n'
  expect(problemsOf(given + blocks.join('\n'))).toEqual([])
  expect(problemsOf(`${given}${blocks.join('\n')}\npullwright.emitter.emit('environment.deployed', {})`)).not.toEqual(
    [],
  )
})

function problemsOf(code: string): string[] {
  const file = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...file.config, include: [] }, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile
  host.getSourceFile = (name, ...rest) =>
    resolve(name) === virtual ? ts.createSourceFile(name, code, ts.ScriptTarget.ES2023) : read(name, ...rest)
  host.fileExists = (name) => resolve(name) === virtual || ts.sys.fileExists(name)
  const program = ts.createProgram([virtual], { ...options, noEmit: true }, host)
  const source = program.getSourceFile(virtual)
  return ts
    .sortAndDeduplicateDiagnostics([
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
