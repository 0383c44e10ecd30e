import { isPullwrightError, PullwrightError } from '@pullwright/core'

/** Any failure of the database as an error of the store. The message names the code, never a password or a value. */
export function storeError(error: unknown): PullwrightError {
  if (isPullwrightError(error)) return error as PullwrightError
  const code = codeOf(error)
  // A connection string that is not a URL comes back whole in the error about it: it must not travel on.
  if (code === 'ERR_INVALID_URL') {
    return new PullwrightError('store', 'The connection string is not a valid PostgreSQL URL: check it')
  }
  return new PullwrightError('store', messageFor(code, error), { cause: error })
}

/** Class and code as PostgreSQL or Node name it; empty where there is none. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : ''
}

/** A deadlock or a failed serialisation: PostgreSQL undid everything, the same call may be made again. */
export function mayRunAgain(error: unknown): boolean {
  return AGAIN.has(codeOf(error))
}

// PostgreSQL, appendix A: error codes.
const AGAIN: ReadonlySet<string> = new Set(['40001', '40P01'])

const KNOWN: Readonly<Record<string, string>> = {
  '23505': 'An id of this recording is taken: give each event and task its own',
  '28P01': 'PostgreSQL refused the credentials: check the user and password of the connection',
  '28000': 'PostgreSQL refused the connection of this user: check pg_hba.conf and the user',
  '3D000': 'The database does not exist: create it, or check the connection',
  '3F000': 'The schema does not exist yet: call migrate() (or start()) first',
  '42P01': 'The tables do not exist yet: call migrate() (or start()) first',
  '42883': 'The functions do not exist yet: call migrate() (or start()) first',
  '42501': 'The user lacks a permission on the schema: grant it usage and create',
  '53300': 'PostgreSQL has no connection left: lower the pools or raise max_connections',
}

function messageFor(code: string, error: unknown): string {
  const known = KNOWN[code]
  if (known !== undefined) return known
  if (/^(08|57P)/.test(code) || /^E[A-Z_]+$/.test(code)) {
    return `The connection to PostgreSQL failed (${code}): it is tried again with the next call`
  }
  if (code !== '') return `PostgreSQL refused a statement (${code}): see the cause`
  const message = error instanceof Error ? error.message : ''
  return /terminated|timeout|ended|closed|Connection/i.test(message)
    ? 'The connection to PostgreSQL broke off: it is tried again with the next call'
    : 'PostgreSQL could not be asked: see the cause'
}
