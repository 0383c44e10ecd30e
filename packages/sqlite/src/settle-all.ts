import type { Settlement, SettleResult } from '@pullwright/core'
import type { Connection } from './connection.ts'
import { prepareSettlement, settle } from './settle.ts'

/**
 * All in one transaction. Where one of them can't be written at all, such as for an id that is taken, the others still
 * are, each by itself; then its error is thrown.
 */
export async function settleAll(
  open: () => Promise<Connection>,
  settlements: readonly Settlement[],
): Promise<SettleResult[]> {
  const prepared = settlements.map(prepareSettlement)
  if (prepared.length === 0) return []
  const connection = await open()
  try {
    return await connection.write(() => settle(prepared))
  } catch (error) {
    if (prepared.length === 1) throw error
    const apart = await Promise.allSettled(prepared.map((one) => connection.write(() => settle([one]))))
    return apart.flatMap((each) => {
      if (each.status === 'rejected') throw each.reason
      return each.value
    })
  }
}
