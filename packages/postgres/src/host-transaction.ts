import { type HostTransaction, PullwrightError } from '@pullwright/core'

/** What a pool or a client of `pg` tells beside `query`. */
interface Given {
  query?: unknown
  totalCount?: unknown
  idleCount?: unknown
  /** `I`: none is open. From `pg` 8.18 on. */
  getTransactionStatus?: () => unknown
}

/** Throws `invalid-argument` for what is no open transaction: an event recorded there would outlive the host's rollback. */
export function requireTransaction(transaction: HostTransaction): void {
  const given: Given = transaction
  if (typeof given.query !== 'function') {
    throw invalid('needs a function `query(text, values)`: give the client on which you began')
  }
  if (typeof given.totalCount === 'number' && typeof given.idleCount === 'number') {
    throw invalid('is a pool, whose queries go to any connection: give the client on which you began')
  }
  if (given.getTransactionStatus?.() === 'I') {
    throw invalid("has not begun: `await client.query('begin')` first, or emit without `transaction`")
  }
}

function invalid(what: string): PullwrightError {
  return new PullwrightError('invalid-argument', `\`transaction\` ${what}.`)
}
