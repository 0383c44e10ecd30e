import { PullwrightError } from '../errors.ts'
import type { AuditCheckpoint, AuditEntry, AuditKeeping, Store } from '../ports/store.ts'
import { PRUNED } from './chain.ts'
import { rangesOf } from './checkpoint.ts'

export interface TakeOut {
  project: string
  at: number
  actor: string | null
  /** What the checkpoint is about: `retention`, or `privacy`. */
  target: string
  /** Delete it and all before it. */
  through: AuditEntry | null
  /** Empty these in their place. Ascending. */
  erase: readonly number[]
}

/** So many in one statement. */
const BATCH = 500

/**
 * Takes entries out of a chain that stays verifiable: first a checkpoint is chained that names them, then they go. Whoever
 * is interrupted in between has lost nothing; the next run takes them out.
 */
export async function takeOut(
  store: Pick<Store, 'appendAudit' | 'auditKeeping'>,
  { project, at, actor, target, through, erase }: TakeOut,
): Promise<void> {
  const keeping = keepingOf(store)
  const details: AuditCheckpoint = {
    through: through?.sequence ?? 0,
    hash: through?.hash ?? '',
    erased: rangesOf(erase),
  }
  await store.appendAudit([{ project, at, actor, action: PRUNED, target, result: 'ok', details }])
  for (let from = 0; from < erase.length; from += BATCH) await keeping.erase(project, erase.slice(from, from + BATCH))
  if (through !== null) await keeping.prune(project, through.sequence)
}

export function keepingOf({ auditKeeping }: Pick<Store, 'auditKeeping'>): AuditKeeping {
  if (auditKeeping !== undefined) return auditKeeping
  throw new PullwrightError('invalid-argument', 'This store keeps every audit entry: it has no `auditKeeping`')
}
