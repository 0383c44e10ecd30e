import type { Protection } from '../model/entities.ts'

export interface NewProtection {
  /** `ruleset` words its refusals differently. Default `classic`. */
  kind?: 'classic' | 'ruleset'
  /** Refuse direct commits. Default true. */
  requirePullRequest?: boolean
  requiredApprovals?: number
  /** An approval by an owner of each file, as the base's CODEOWNERS has it. Default false. */
  requireCodeOwnerReviews?: boolean
  /** Administrators, and apps, merge in spite of all this. Default false. */
  adminsBypass?: boolean
  requiredChecks?: string[]
}

export function protectionsOf(branches: string[] | Record<string, NewProtection>): Protection[] {
  const entries: [string, NewProtection][] = Array.isArray(branches)
    ? branches.map((branch) => [branch, {}])
    : Object.entries(branches)
  return entries.map(([branch, rule]) => ({
    branch,
    kind: rule.kind ?? 'classic',
    requirePullRequest: rule.requirePullRequest ?? true,
    requiredApprovals: rule.requiredApprovals ?? 0,
    requireCodeOwnerReviews: rule.requireCodeOwnerReviews ?? false,
    adminsBypass: rule.adminsBypass ?? false,
    requiredChecks: rule.requiredChecks ?? [],
  }))
}
