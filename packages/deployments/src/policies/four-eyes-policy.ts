import { type Policy, type PolicyActor, type PolicyInput, PullwrightError } from '@pullwright/core'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export interface FourEyesPolicyOptions extends PolicyScope {
  /** The forge's user name of whoever deployed; null where it is not known. */
  loginOf?: (actor: PolicyActor) => string | null | Promise<string | null>
  /** Approvals by others than the deployer. Default 1. */
  approvals?: number
}

/**
 * Whoever deployed may not be the only one to approve. Judged again at every review. Where it is not known who the
 * deployer is on the forge, one approval more is asked for: of two people one is another.
 */
export function fourEyesPolicy({ loginOf, approvals = 1, ...scope }: FourEyesPolicyOptions = {}): Policy {
  if (!Number.isInteger(approvals) || approvals < 1) {
    throw new PullwrightError('invalid-argument', 'four-eyes: approvals must be a whole number from 1')
  }
  return scopedPolicy(scope, {
    name: 'four-eyes',
    title: 'Approved by somebody else than the deployer',
    needs: ['reviews'],
    async violation({ deployment, reviews }) {
      const login = (await loginOf?.(deployment.deployedBy)) ?? null
      const approvers = approversOf(reviews)
      const deployer = login?.toLowerCase()
      const others = approvers.filter((name) => name !== deployer).length
      const wanted = login === null ? approvals + 1 : approvals
      if (others >= wanted) return null
      const whom = login === null ? 'different people' : `people other than ${login}`
      return `Waits for approval: ${others} of ${wanted} by ${whom}`
    },
  })
}

/** Each person once, by their last word. */
function approversOf(reviews: PolicyInput['reviews']): string[] {
  const approved = (reviews ?? []).filter(({ state }) => state === 'approved')
  return [...new Set(approved.map(({ author }) => author.toLowerCase()))]
}
