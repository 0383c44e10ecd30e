import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fromDrizzle, fromKysely, fromPrisma } from '../src/recipes.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the example runs to its end: nothing of a rollback, everything of a commit, whoever dies', async () => {
  const flags = ['--conditions=@pullwright/source', `--import=${import.meta.resolve('tsx')}`, main]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  expect(stdout.trim().split('\n')).toEqual([
    'rolled back: 0 rows, 0 events',
    'committed: 1 row, the event recorded and handled',
    'emitted again: duplicate, and the transaction was committed all the same',
    'killed right after COMMIT (SIGKILL): 2 rows, and another process handled the event',
    'SQLite, ROLLBACK: 0 rows, 0 events',
    'SQLite, COMMIT: 1 rows, 1 events',
  ])
}, 60_000)

test('each recipe hands on the statement with its values, and gives the rows back', async () => {
  const asked: unknown[] = []
  const answer = (...query: unknown[]) => {
    asked.push(query)
    return [{ one: 1 }]
  }
  const text = 'select f($1::bigint[], $2)'
  const values = [['1'], null]
  const rows = { rows: [{ one: 1 }] }
  const prisma = fromPrisma({ $queryRawUnsafe: async (sql, ...given) => answer(sql, given) })
  expect(await prisma.query(text, values)).toEqual(rows)
  const kysely = fromKysely(
    { executeQuery: async (given: unknown[]) => ({ rows: answer(...given) }) },
    (sql, given) => [sql, given],
  )
  expect(await kysely.query(text, values)).toEqual(rows)
  expect(asked).toEqual([
    [text, values],
    [text, values],
  ])
  const chunks = { raw: (part: string) => [part], param: (value: unknown) => [value], join: (all: unknown[][]) => all }
  const drizzle = fromDrizzle({ execute: async (given: unknown[][]) => ({ rows: answer(...given.flat()) }) }, chunks)
  expect(await drizzle.query(text, values)).toEqual(rows)
  expect(asked.at(-1)).toEqual(['select f(', ['1'], '::bigint[], ', null, ')'])
})
