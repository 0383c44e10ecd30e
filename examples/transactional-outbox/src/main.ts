import { showPostgres } from './postgres.ts'
import { showSqlite } from './sqlite.ts'

const say = (line: string) => console.log(line)
await showPostgres(say)
await showSqlite(say)
