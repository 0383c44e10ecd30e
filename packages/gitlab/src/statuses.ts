import { Commits } from '@gitbeaker/rest'
import { type CallOptions, type CommitStatus, isVcsError, VcsError } from '@pullwright/core'
import { cutText } from '@pullwright/core/vcs'
import type { GitLabClient } from './client.ts'
import { projectPath } from './project-path.ts'
import { LIMITS } from './rules.ts'

const STATES = { pending: 'pending', success: 'success', failure: 'failed', error: 'failed' } as const

/** An external job of the commit's pipeline. `branch` is the one whose pipeline it joins. */
export async function setStatus(
  client: GitLabClient,
  repository: string,
  sha: string,
  status: CommitStatus,
  { signal, branch }: CallOptions & { branch?: string } = {},
): Promise<void> {
  const project = projectPath(repository)
  if (!/^[0-9a-f]{40,64}$/i.test(sha)) throw new VcsError('invalid', 'A status is for a full commit id.')
  if (status.context.trim() === '') throw new VcsError('invalid', 'A commit status needs a context.')
  const context = { repository, doing: `set the status ${status.context}`, needs: ['role: Developer'], signal }
  try {
    await client.rest(context, (to) =>
      new Commits(to).editStatus(project, sha, STATES[status.state], {
        name: cutText(status.context, 255),
        ...(branch === undefined ? {} : { ref: branch }),
        ...(status.description === undefined
          ? {}
          : { description: cutText(status.description, LIMITS.statusDescription) }),
        ...(status.url === undefined ? {} : { targetUrl: status.url }),
      }),
    )
  } catch (error) {
    // It says so already: "Cannot transition status via :enqueue from :pending".
    if (
      !isVcsError(error) ||
      !new RegExp(`Cannot transition status via :\\w+ from :${STATES[status.state]}`).test(error.message)
    ) {
      throw error
    }
  }
}
