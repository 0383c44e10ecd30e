import type { AuditEntry, AuditFilter, Store } from '../ports/store.ts'

const PAGE = 1000

/** All entries that fit, ascending. */
export async function* auditPages(
  store: { query: Pick<Store['query'], 'audit'> },
  filter: Omit<AuditFilter, 'after' | 'limit'>,
): AsyncGenerator<AuditEntry[]> {
  for (let after = 0; ; ) {
    const entries = await store.query.audit({ ...filter, after, limit: PAGE })
    if (entries.length > 0) yield entries
    if (entries.length < PAGE) return
    after = entries.at(-1)?.sequence ?? after
  }
}
