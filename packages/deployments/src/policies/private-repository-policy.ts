import type { Policy } from '@pullwright/core'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

/**
 * What is public should not hold prompts. Tells where the pull request already is; a route's `requirePrivate` is what
 * keeps anything from being published there.
 */
export function privateRepositoryPolicy(scope: PolicyScope = {}): Policy {
  return scopedPolicy(scope, {
    name: 'private-repository',
    title: 'The repository is private',
    needs: ['visibility'],
    violation({ repository }) {
      if (repository.visibility === 'private' || repository.visibility === 'internal') return null
      const is = repository.visibility === null ? 'does not tell whether it is private' : 'is public'
      return `${repository.name} ${is}: make it private`
    },
  })
}
