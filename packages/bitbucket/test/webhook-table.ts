import type { JsonObject } from '@pullwright/core'
import {
  AFTER,
  actor,
  BEFORE,
  comment,
  issue,
  pullrequest,
  push,
  ref,
  repository,
  status,
  verdict,
} from './webhook-payloads.ts'

/**
 * What each webhook that Bitbucket Cloud documents becomes: by its `X-Event-Key` and what is particular about it, the
 * types of our events in order (none: it is acknowledged and does nothing), the reason, and what Bitbucket sends. The
 * test receives every row, so the table cannot say anything else than what happens.
 */
export interface WebhookRow {
  event: string
  about: string
  becomes: readonly string[]
  why: string
  payload: JsonObject
}

const row = (event: string, about: string, becomes: string, why: string, payload: JsonObject): WebhookRow => ({
  ...{
    event,
    about,
    becomes: becomes === '' ? [] : becomes.split(' '),
    why,
    payload: { actor, repository, ...payload },
  },
})

const ISSUES = 'issues ask for nothing'
const LOOKED_UP = 'looked up when it is needed'
const STILL = 'it has not come to its end'
const open = { pullrequest: pullrequest() }
const talk = { ...open, comment }
const merged = pullrequest({
  state: 'MERGED',
  merge_commit: { type: 'commit', hash: 'c'.repeat(12) },
  closed_by: actor,
})
const declined = pullrequest({ state: 'DECLINED', reason: 'Too warm.', closed_by: actor })
const renamed = {
  changes: { name: { old: 'prompt', new: 'prompts' }, full_name: { old: 'acme/p', new: 'acme/prompts' } },
}
const pipeline = 'https://bitbucket.org/acme/prompts/addon/pipelines/home#!/results/42'

export const WEBHOOKS: readonly WebhookRow[] = [
  row(
    ...(['repo:push', 'a branch', 'push', 'somebody pushed'] as const),
    push({ old: ref('branch', 'main', BEFORE), new: ref('branch', 'main', AFTER) }),
  ),
  row(
    ...(['repo:push', 'a new and a deleted branch', 'push push', 'each is told'] as const),
    push({ old: null, new: ref('branch', 'next', AFTER) }, { old: ref('branch', 'gone', BEFORE), new: null }),
  ),
  row('repo:push', 'a tag', '', 'a tag is no branch', push({ old: null, new: ref('tag', 'v1', AFTER) })),
  row('repo:created', 'of a workspace', 'repository.created', 'it is new', {}),
  row('repo:imported', 'of a workspace', '', 'the repository is told when it is made', {}),
  row('repo:fork', 'a fork', '', 'no work is done by it', { fork: { ...repository, full_name: 'joe/prompts' } }),
  row('repo:updated', 'its name', '', LOOKED_UP, renamed),
  row('repo:transfer', 'another owner', '', LOOKED_UP, { previous_workspace: { type: 'workspace', slug: 'before' } }),
  row('repo:deleted', 'a repository', '', LOOKED_UP, {}),
  row('repo:commit_comment_created', 'a commit', '', 'talk beside pull requests', { comment, commit: { hash: AFTER } }),
  row('repo:commit_status_created', 'in progress', '', STILL, status('INPROGRESS')),
  row('repo:commit_status_created', 'successful', 'check.completed', 'it has ended', status('SUCCESSFUL')),
  row('repo:commit_status_updated', 'failed', 'check.completed', 'it has ended', status('FAILED')),
  row(
    ...([
      'repo:commit_status_updated',
      'stopped, of Pipelines',
      'pipeline.completed',
      'its page tells it apart',
    ] as const),
    status('STOPPED', { url: pipeline, key: '42', name: 'Pipeline #42' }),
  ),
  row('project:updated', 'its name', '', LOOKED_UP, { project: { type: 'project', key: 'P', name: 'Prompts' } }),
  row('pipeline:span_created', 'a trace', '', 'its end is told as a commit status', {
    ...{ resource_spans: [{ scope_spans: [{ spans: [{ name: 'bbc.pipeline_run', attributes: [] }] }] }] },
  }),
  row('issue:created', 'an issue', '', ISSUES, { issue }),
  row('issue:updated', 'an issue', '', ISSUES, { issue, changes: { status: { old: 'new', new: 'open' } } }),
  row('issue:comment_created', 'an issue', '', ISSUES, { issue, comment }),
  row('pullrequest:created', 'open', 'pull_request.opened', 'it is open', open),
  row('pullrequest:updated', 'commits or text', 'pull_request.updated', 'it is another one to read', open),
  row('pullrequest:push', 'commits', '', 'told as an update', open),
  row('pullrequest:fulfilled', 'merged', 'pull_request.merged', 'it is in', { pullrequest: merged }),
  row('pullrequest:rejected', 'declined', 'pull_request.closed', 'without being merged', { pullrequest: declined }),
  row('pullrequest:approved', 'approved', 'pull_request.reviewed', 'a verdict', { ...open, ...verdict('approval') }),
  row('pullrequest:unapproved', 'taken back', 'pull_request.reviewed', 'a verdict', {
    ...open,
    ...verdict('approval'),
  }),
  ...['created', 'removed'].map((verb) =>
    row(`pullrequest:changes_request_${verb}`, 'changes requested', 'pull_request.reviewed', 'a verdict', {
      ...open,
      ...verdict('changes_request'),
    }),
  ),
  row('pullrequest:comment_created', 'a comment', 'pull_request.commented', 'somebody wrote', talk),
  ...['updated', 'deleted', 'resolved', 'reopened'].map((verb) =>
    row(`pullrequest:comment_${verb}`, 'a comment', '', 'only new comments are told', talk),
  ),
]
