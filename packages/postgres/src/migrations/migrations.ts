import { appendOnlyAudit } from './append-only-audit.ts'
import { first } from './first/index.ts'
import { lookupsByList } from './lookups-by-list.ts'

/** Each is run once, in order, and never changed after its release: the next change is the next number. */
export const migrations: readonly { number: number; statements: readonly string[] }[] = [
  { number: 1, statements: first },
  { number: 2, statements: appendOnlyAudit },
  { number: 3, statements: lookupsByList },
]
