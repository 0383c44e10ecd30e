import { createHash } from 'node:crypto'
import { type CallOptions, type CommitStatus, VcsError } from '@pullwright/core'
import { cutText } from '@pullwright/core/vcs'
import type { BitbucketClient } from './client.ts'
import { LIMITS } from './limits.ts'
import { repositoryName } from './repository-name.ts'

/** Bitbucket's states; it has none for a run that broke off. */
const STATES = { pending: 'INPROGRESS', success: 'SUCCESSFUL', failure: 'FAILED', error: 'FAILED' } as const

/** A build status; one of the same key is written over. With the branch it shows on the branch's pull request too. */
export async function setStatus(
  client: BitbucketClient,
  repository: string,
  sha: string,
  { context, state, description, url }: CommitStatus,
  { signal, branch }: CallOptions & { branch?: string } = {},
): Promise<void> {
  const parameters = { ...repositoryName(repository), commit: sha }
  if (!/^[0-9a-f]{40}$/i.test(sha)) throw new VcsError('invalid', 'A commit status needs the full id of a commit.')
  if (context.trim() === '') throw new VcsError('invalid', 'A commit status needs a context.')
  const json = {
    key: statusKey(context),
    name: cutText(context, LIMITS.statusText),
    state: STATES[state],
    // Bitbucket wants one.
    url: url ?? `${client.urls.web}/${repository}/commits/${sha}`,
    ...(description === undefined ? {} : { description: cutText(description, LIMITS.statusText) }),
    ...(branch === undefined ? {} : { refname: branch }),
  }
  const route = 'POST /repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build'
  const doing = `set the build status ${context}`
  await client.call(route, { parameters, json }, { repository, doing, needs: ['repository'], signal })
}

/** A key has 40 characters: a longer name keeps its beginning and gets a digest, so that two long ones stay two. */
function statusKey(context: string): string {
  if ([...context].length <= LIMITS.statusKey) return context
  const digest = createHash('sha256').update(context).digest('hex').slice(0, 8)
  return `${[...context].slice(0, LIMITS.statusKey - 9).join('')}-${digest}`
}
