import type { CallOptions, PublishResult, PullRequestSpec } from '@pullwright/core'
import { bodyLimit, type Job, publish, toJob } from '@pullwright/core/vcs'
import { toPullRequest, wholeCommit } from '../pull-request-view.ts'
import { repositoryName } from '../repository-name.ts'
import { RULES } from '../rules.ts'
import { create } from './create.ts'
import { readCommits, readFilesAt, readTouches } from './read-evidence.ts'
import { readState } from './read-state.ts'
import type { Publisher, Session } from './session.ts'
import type { Known, State } from './state.ts'
import { withUnsupported } from './steps.ts'
import { update } from './update.ts'

/**
 * 3 requests to create a pull request, 3 to update one, 2 where there is nothing to do. See the table in the README for
 * what costs more.
 */
export async function publishPullRequest(
  publisher: Publisher,
  spec: PullRequestSpec,
  options: CallOptions = {},
): Promise<PublishResult> {
  repositoryName(spec.repository)
  const session: Session = { ...publisher, repository: spec.repository, options }
  const result = await publish<Job, Known, Known, State>(toJob(withLabels(spec), RULES), {
    forge: RULES.forge,
    read: (job) => readState(session, job),
    readFiles: (job, state, at) => readFilesAt(session, job, (state[at] ?? state.base).oid),
    readCommits: (job, state) => readCommits(session, job, state),
    readTouches: (job, state, foreign) => readTouches(session, job, state, foreign),
    create: (job, state, decision) => create(session, job, state, decision),
    update: (job, _state, { pullRequest, from, changes }) =>
      update(session, job, { pullRequest, parent: from.oid, changes, outcome: 'updated' }),
    decorate: (job, _state, { pullRequest, outcome }) =>
      update(session, job, { pullRequest, parent: pullRequest.head, changes: [], outcome }),
    view(_job, { head }, { source }) {
      const view = toPullRequest(spec.repository, source)
      return view.state === 'open' ? { ...view, head: wholeCommit(view.head, head?.oid) } : view
    },
  })
  return withUnsupported(result, spec)
}

/** Bitbucket has none, so they stand in the text, where there is room. */
function withLabels(spec: PullRequestSpec): PullRequestSpec {
  const labels = (spec.labels ?? [])
    .map((label) => label.replace(/[`\r\n]/g, ' ').trim())
    .filter((label) => label !== '')
  if (labels.length === 0) return spec
  const body = `${spec.body.trimEnd()}\n\nLabels: ${labels.map((label) => `\`${label}\``).join(', ')}`
  return [...body].length > bodyLimit(RULES).size ? spec : { ...spec, body }
}
