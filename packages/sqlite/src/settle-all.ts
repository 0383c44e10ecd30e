import type { Settlement } from '@pullwright/core'
import type { Connection } from './connection.ts'
import { prepareSettlement, type Settled, settle } from './settle.ts'

/**
 * All in one transaction. Where one of them can't be written at all, such as for an id that is taken, the others still
 * are, each by itself; then its error is thrown.
 */
export async function settleAll(open: () => Promise<Connection>, settlements: readonly Settlement[]): Promise<Settled> {
  const prepared = settlements.map(prepareSettlement)
  if (prepared.length === 0) return { results: [], freed: false }
  const connection = await open()
  try {
    return await connection.write(() => settle(prepared))
  } catch (error) {
    if (prepared.length === 1) throw error
    const apart = await Promise.allSettled(prepared.map((one) => connection.write(() => settle([one]))))
    const settled = apart.map((each) => {
      if (each.status === 'rejected') throw each.reason
      return each.value
    })
    return { results: settled.flatMap(({ results }) => results), freed: settled.some(({ freed }) => freed) }
  }
}
