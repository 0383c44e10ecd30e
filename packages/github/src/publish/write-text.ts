import { isVcsError } from '@pullwright/core'
import { isLater, readMarker } from '@pullwright/core/vcs'
import type { GraphQLAnswer } from '../client.ts'
import type { PullRequestNode } from '../graphql/fragments.ts'
import type { Change, MutationData } from '../graphql/mutations.ts'
import { mutate, type Run } from './run.ts'

export interface TextAnswer {
  answer: GraphQLAnswer<MutationData>
  /** The pull request as a later deployment left it, where one came between our look and our write. */
  newer: PullRequestNode | null
}

/**
 * Sends changes that write over the text of a pull request. GitHub has no "only if it still says so" for a text, and
 * goes on to it even where the commit before it failed. So, where deployments have an order, an edit of nothing goes
 * first, in the same request, only to answer the text as it stands: should it tell of a later deployment, it is put
 * back.
 */
export async function mutateText(
  run: Run,
  name: string,
  changes: readonly Change[],
  doing: string,
  pullRequestId: string,
): Promise<TextAnswer> {
  const { order } = run.job.spec
  const writes = changes.some(({ alias }) => alias === 'text')
  if (order === undefined || !writes) return { answer: await mutate(run, name, changes, doing), newer: null }
  const look: Change = { alias: 'before', field: 'updatePullRequest', input: { pullRequestId } }
  const answer = await mutate(run, name, [look, ...changes], doing)
  const before = answer.data.before?.pullRequest ?? null
  const overtaken = before?.viewerDidAuthor === true && isLater(readMarker(before.body), order)
  if (before === null || !overtaken) return { answer, newer: null }
  run.text = { id: before.id, title: before.title, body: before.body }
  await restoreText(run)
  return { answer, newer: before }
}

/** Should it fail, the next run still notices: the marker's digest is not that of the branch. */
export async function restoreText(run: Run): Promise<void> {
  if (run.text === null) return
  const { id: pullRequestId, title, body } = run.text
  const change: Change = { alias: 'text', field: 'updatePullRequest', input: { pullRequestId, title, body } }
  try {
    await mutate(run, 'RestoreText', [change], 'restore the text')
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
  }
}
