import type { Policy } from '@pullwright/core'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export interface CommitMessagePolicyOptions extends PolicyScope {
  /** Characters at least, without white space at the ends. Default 1. */
  minLength?: number
  /** What it must match, such as a ticket: `/[A-Z]+-\d+/`. */
  pattern?: RegExp
}

/** A deployment must say why. */
export function commitMessagePolicy({ minLength = 1, pattern, ...scope }: CommitMessagePolicyOptions = {}): Policy {
  // Without `g` and `y`, which make a pattern remember where it was.
  const asked = pattern && new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return scopedPolicy(scope, {
    name: 'commit-message',
    title: 'Has a commit message',
    violation({ deployment }) {
      const message = deployment.commitMessage.trim()
      if (message === '') return 'The deployment has no commit message'
      if ([...message].length < minLength) return `The commit message is shorter than ${minLength} characters`
      return asked && !asked.test(message) ? `The commit message does not match ${String(asked)}` : null
    },
  })
}
