import { type CallOptions, isVcsError, type RepositoryInspection } from '@pullwright/core'
import type { Place } from './publish.ts'

/** Whether the remote answers, and whether it would take a push. Who may read it only its host knows. */
export async function inspect(
  { mirror, remote }: Place,
  repository: string,
  options: CallOptions,
): Promise<RepositoryInspection> {
  const problems: string[] = []
  const missing: string[] = []
  let defaultBranch: string | null = null
  try {
    const said = await mirror.git(['ls-remote', '--symref', remote, 'HEAD'], options)
    defaultBranch = /^ref: refs\/heads\/(\S+)\s+HEAD/m.exec(said)?.[1] ?? null
    await mirror.fetch(options)
    const head = defaultBranch === null ? null : await mirror.resolve(`refs/heads/${defaultBranch}`)
    if (head === null) problems.push(`${repository} is empty. Push a first commit.`)
    else await mirror.git(['push', '--dry-run', remote, `${head}:refs/heads/pullwright-test-connection`], options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    missing.push(...error.missing)
    problems.push(error.message)
  }
  return {
    repository,
    ok: problems.length === 0,
    defaultBranch,
    visibility: null,
    missing,
    problems,
    autoMergeAllowed: false,
    mergeMethods: ['merge', 'squash'],
    credentialExpiresAt: null,
  }
}
