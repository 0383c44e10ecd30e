import { chainAudit, erasedAudit } from '../audit/chain.ts'
import { checkpointOf, covers } from '../audit/checkpoint.ts'
import { PullwrightError } from '../errors.ts'
import type { AuditEntry, AuditFilter, AuditKeeping, NewAuditEntry } from '../ports/store.ts'
import { copyJson } from './copy-json.ts'

export interface MemoryAuditLog {
  append(entries: readonly NewAuditEntry[]): Promise<AuditEntry[]>
  query(filter: AuditFilter): Promise<AuditEntry[]>
  keeping: AuditKeeping
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
        .filter(
          (entry) =>
            entry.sequence > after &&
            (action === undefined || entry.action === action) &&
            (since === undefined || entry.at >= since) &&
            (until === undefined || entry.at < until),
        )
        .slice(0, Math.max(0, limit))
        .map((entry) => copyJson(entry))
    },
    keeping: {
      projects: async () => [...chains.keys()],
      async erase(project, sequences) {
        const chain = chains.get(project) ?? []
        const asked = new Set(sequences)
        const found = chain.filter(({ sequence, erased }) => asked.has(sequence) && erased !== true)
        requireCheckpoint(chain, found, 'erase')
        for (const [index, entry] of chain.entries()) if (asked.has(entry.sequence)) chain[index] = erasedAudit(entry)
        return found.length
      },
      async prune(project, through) {
        const chain = chains.get(project) ?? []
        const found = chain.filter(({ sequence }) => sequence <= through)
        requireCheckpoint(chain, found, 'prune')
        chain.splice(0, found.length)
        return found.length
      },
    },
  }
}

function requireCheckpoint(chain: readonly AuditEntry[], found: readonly AuditEntry[], what: 'erase' | 'prune'): void {
  const checkpoints = chain.flatMap((entry) => {
    const checkpoint = checkpointOf(entry)
    return checkpoint === null ? [] : [{ ...checkpoint, at: entry.sequence }]
  })
  const isNamed = ({ sequence }: AuditEntry) =>
    checkpoints.some((checkpoint) => checkpoint.at > sequence && covers(checkpoint, sequence, what))
  if (!found.every(isNamed)) throw new PullwrightError('store', 'The audit log is append-only')
}
