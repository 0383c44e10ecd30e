import type { Policy, PolicyInput } from '@pullwright/core'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export interface RollbackPolicyOptions extends PolicyScope {
  /** Characters of the commit message at least. Default 10. */
  minLength?: number
}

/** Going back to an earlier revision needs a justification in the commit message. */
export function rollbackPolicy({ minLength = 10, ...scope }: RollbackPolicyOptions = {}): Policy {
  return scopedPolicy(scope, {
    name: 'rollback',
    title: 'Rollbacks are justified',
    needs: ['history'],
    violation(input) {
      const from = rolledBackFrom(input)
      if (from === null || [...input.deployment.commitMessage.trim()].length >= minLength) return null
      const to = input.deployment.revision
      return `This goes back from revision ${from} to ${to}: say why in a commit message of ${minLength} characters or more`
    },
  })
}

/**
 * What ran before, where this revision is older: by number, or by having run before that. Null where this is no rollback.
 */
function rolledBackFrom({ deployment, history }: PolicyInput): string | number | null {
  const { variant, revision, previousRevision } = deployment
  const [last, ...earlier] = history.filter((past) => past.variant === variant)
  const before = previousRevision ?? last?.revision ?? null
  if (before === null || String(before) === String(revision)) return null
  const [to, from] = [numberOf(revision), numberOf(before)]
  if (to !== null && from !== null) return to < from ? before : null
  return earlier.some((past) => String(past.revision) === String(revision)) ? before : null
}

function numberOf(revision: string | number): number | null {
  const found = typeof revision === 'number' ? revision : /^v?(\d+)$/.exec(revision)?.[1]
  return found === undefined || !Number.isFinite(Number(found)) ? null : Number(found)
}
