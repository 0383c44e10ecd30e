import { VcsError } from '../errors.ts'
import { branchProblem } from '../integrations/git-names.ts'
import type { NameRule } from './forge-rules.ts'

/** Bytes: most file systems give 255 to a name, and git keeps it as `refs/heads/…`. */
const MAX_BYTES = 255 - 'refs/heads/'.length

/** Refuses with `invalid` what git or this forge would not take as a branch, before a request is made. */
export function checkBranchName(branch: string, what: 'base' | 'branch', rules: readonly NameRule[] = []): void {
  const reason =
    branchProblem(branch) ??
    (Buffer.byteLength(branch) > MAX_BYTES ? `must not be longer than ${MAX_BYTES} bytes` : null) ??
    rules.find(({ forbidden }) => forbidden.test(branch))?.reason ??
    null
  if (reason !== null) {
    throw new VcsError('invalid', `${JSON.stringify(branch)} cannot be the ${what}: it ${reason}.`)
  }
}

/** `a` and `a/b` for `a/b/c`: git cannot hold a branch of that name beside it. */
export function parentNames(branch: string): string[] {
  const parts = branch.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
