import { type CallOptions, type CheckRun, isVcsError, type VcsChecks, VcsError } from '@pullwright/core'
import type { GitHubClient } from '../client.ts'
import { readBranchRules } from './branch-rules.ts'
import { listChecks } from './list-checks.ts'
import { upsertCheckRun } from './upsert-check-run.ts'
import { upsertStatus } from './upsert-status.ts'
import type { Viewer } from './viewer.ts'

/** So long a credential that may not write checks is not asked to: permissions are granted now and then. */
const REMEMBERED_MS = 3_600_000

/** Check runs, which only apps may write; for every other credential commit statuses stand in. */
export function checks(client: GitHubClient, viewer: Viewer, now: () => number): VcsChecks {
  /** By repository in lower case: until when statuses are written at once. */
  const denied = new Map<string, number>()

  return {
    async upsert(repository: string, sha: string, check: CheckRun, { signal }: CallOptions = {}) {
      checkCommit(sha)
      if (check.name.trim() === '') throw new VcsError('invalid', 'A check needs a name.')
      const context = { repository, doing: `write the check ${check.name}`, signal }
      const key = repository.toLowerCase()
      if ((denied.get(key) ?? 0) > now()) return upsertStatus(client, sha, check, context)
      try {
        return await upsertCheckRun(client, viewer, sha, check, context)
      } catch (error) {
        if (!isVcsError(error) || error.code !== 'permission') throw error
        const result = await upsertStatus(client, sha, check, context)
        denied.set(key, now() + REMEMBERED_MS)
        return result
      }
    },
    list: async (repository: string, sha: string, { signal }: CallOptions = {}) => {
      checkCommit(sha)
      return listChecks(client, sha, { repository, doing: `read the checks of ${sha.slice(0, 12)}`, signal })
    },
    required: async (repository: string, branch: string, { signal }: CallOptions = {}) => {
      const rules = await readBranchRules(client, repository, branch, signal)
      return rules.checks
    },
  }
}

function checkCommit(sha: string): void {
  if (!/^[0-9a-f]{40}$/i.test(sha)) throw new VcsError('invalid', 'A check needs the full id of a commit.')
}
