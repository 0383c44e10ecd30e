import { type Attempt, isLater, type Job, LATE, readMarker, unchangedResult } from '@pullwright/core/vcs'
import { toPullRequest } from '../pull-request-view.ts'
import { readPullRequests } from './read-state.ts'
import type { Session } from './session.ts'
import type { State } from './state.ts'

/** The base holds these files: nothing to open a pull request for. One request, to name the one that brought them. */
export async function alreadyOnBase(session: Session, job: Job, state: State): Promise<Attempt> {
  const { spec } = job
  const all = await readPullRequests(session, [spec.branch])
  const [last] = all.filter(({ source, base, ours }) => source.state === 'MERGED' && base === spec.base && ours)
  const marker = last === undefined ? null : readMarker(last.body)
  const view = last === undefined ? null : toPullRequest(session.repository, last.source)
  const done = (pullRequest: typeof view, reason?: string): Attempt => {
    return { kind: 'done', result: unchangedResult(job, state, pullRequest, reason) }
  }
  if (isLater(marker, spec.order)) return done(view, LATE)
  if (marker?.identity === spec.identity && marker.kind === spec.kind) return done(view)
  return done(null, `${spec.base} already holds exactly these files, so there is nothing to open a pull request for.`)
}
