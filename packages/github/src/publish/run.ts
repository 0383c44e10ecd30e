import type { CallOptions, PullRequest } from '@pullwright/core'
import type { CallContext, GitHubClient, GraphQLAnswer } from '../client.ts'
import type { PullRequestNode } from '../graphql/fragments.ts'
import { type Change, type MutationData, mutationDocument, mutationVariables } from '../graphql/mutations.ts'
import { toPullRequest } from '../pull-request-view.ts'
import type { GitHubJob } from './job.ts'
import type { Plan } from './plan.ts'

/** One call of `publishPullRequest`, and what it has made so far that may have to be undone. */
export interface Run {
  client: GitHubClient
  job: GitHubJob
  options: CallOptions
  /** Attempts that were given up because somebody else wrote first. */
  races: number
  opened: { id: string; number: number } | null
  made: { branch: string; oid: string } | null
  /** The text of the pull request before this call changed it. */
  text: { id: string; title: string; body: string } | null
}

export const ZERO_OID = '0'.repeat(40)

/** Sends one mutation. */
export function mutate(
  run: Run,
  name: string,
  changes: readonly Change[],
  doing: string,
): Promise<GraphQLAnswer<MutationData>> {
  const document = mutationDocument(name, changes)
  return run.client.graphql<MutationData>(document, mutationVariables(changes), contextOf(run, doing))
}

export function contextOf({ job, options }: Run, doing: string, needs: readonly string[] = []): CallContext {
  return { repository: job.spec.repository, doing, needs, signal: options.signal }
}

export function commitChange({ job }: Run, plan: Plan, from: string, changes: GitHubJob['files']): Change {
  const [headline = '', ...rest] = job.spec.commitMessage.trim().split('\n')
  const body = rest.join('\n').trim()
  const additions = changes.flatMap(({ path, content }) => {
    return content === null ? [] : [{ path, contents: Buffer.from(content).toString('base64') }]
  })
  const deletions = changes.filter(({ content }) => content === null).map(({ path }) => ({ path }))
  return {
    alias: 'commit',
    field: 'createCommitOnBranch',
    input: {
      branch: { repositoryNameWithOwner: plan.repository, branchName: job.spec.branch },
      expectedHeadOid: from,
      message: { headline: headline.trim(), ...(body === '' ? {} : { body }) },
      fileChanges: { additions, deletions },
    },
  }
}

export function viewOf(run: Run, plan: Plan, node: PullRequestNode, changes: Partial<PullRequest> = {}): PullRequest {
  const asked = run.job.spec.repository
  const renamed = plan.repository.toLowerCase() !== asked.toLowerCase()
  const body = changes.body ?? node.body
  return { ...toPullRequest(renamed ? plan.repository : asked, { ...node, body }), ...changes }
}
