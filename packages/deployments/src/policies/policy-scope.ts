import { type Policy, type PolicyInput, type PolicyRemark, type PolicyVerdict, PullwrightError } from '@pullwright/core'
import { fits } from '../matches-route.ts'

/** What every built-in policy takes. */
export interface PolicyScope {
  /** Names, `*` for any part. Default: all. */
  environments?: readonly string[]
  apps?: readonly string[]
  /** What a violation does. Default `block`. */
  level?: 'warn' | 'block'
}

/** What is wrong, or null. */
export type Violation = string | { reason: string; remarks: readonly PolicyRemark[] } | null

interface Rule extends Pick<Policy, 'name' | 'title' | 'needs'> {
  violation(input: PolicyInput): Violation | Promise<Violation>
}

/** A built-in policy: silent outside its scope, and at its level inside. */
export function scopedPolicy(scope: PolicyScope, { violation, ...about }: Rule): Policy {
  const { level = 'block' } = scope
  if (level !== 'block' && level !== 'warn') {
    throw new PullwrightError('invalid-argument', `${about.name}: level must be "warn" or "block"`)
  }
  return {
    ...about,
    async check(input): Promise<PolicyVerdict> {
      const { app, environment } = input.deployment
      if (!fits(scope.environments, environment) || !fits(scope.apps, app)) return { verdict: 'pass' }
      const found = await violation(input)
      if (found === null) return { verdict: 'pass' }
      return { verdict: level, ...(typeof found === 'string' ? { reason: found } : found) }
    },
  }
}
