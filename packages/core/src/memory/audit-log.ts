import { chainAudit } from '../audit/chain.ts'
import type { AuditEntry, AuditFilter, NewAuditEntry } from '../ports/store.ts'
import { copyJson } from './copy-json.ts'

export interface MemoryAuditLog {
  append(entries: readonly NewAuditEntry[]): Promise<AuditEntry[]>
  query(filter: AuditFilter): Promise<AuditEntry[]>
}

/** One chain for each project. */
export function createAuditLog(): MemoryAuditLog {
  const chains = new Map<string, AuditEntry[]>()

  return {
    async append(entries) {
      const heads = new Map<string, AuditEntry>()
      const chained = entries.map((entry) => {
        const previous = heads.get(entry.project) ?? chains.get(entry.project)?.at(-1) ?? null
        const next = chainAudit(previous, copyJson(entry))
        heads.set(entry.project, next)
        return next
      })
      for (const entry of chained) {
        const chain = chains.get(entry.project)
        if (chain === undefined) chains.set(entry.project, [entry])
        else chain.push(entry)
      }
      return chained.map((entry) => copyJson(entry))
    },
    async query({ project, action, since, until, after = 0, limit = 100 }) {
      return (chains.get(project) ?? [])
        .slice(after)
        .filter(
          (entry) =>
            (action === undefined || entry.action === action) &&
            (since === undefined || entry.at >= since) &&
            (until === undefined || entry.at < until),
        )
        .slice(0, Math.max(0, limit))
        .map((entry) => copyJson(entry))
    },
  }
}
