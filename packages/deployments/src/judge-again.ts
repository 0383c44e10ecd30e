import type { HandlerContext, JsonObject, Outcome } from '@pullwright/core'
import { findRoute, type PublishOptions, policiesOf, publishRouted } from './publish.ts'
import { asJson } from './pull-request-record.ts'
import { recordAt, reportRecord } from './report.ts'
import { standingReviews } from './standing-reviews.ts'

/** Somebody reviewed a pull request of ours: where a policy looks at reviews, it is judged with them and written anew. */
export async function judgeAgain(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const { vcs: name, repository, number } = context.event.data as JsonObject
  const at = { vcs: String(name), repository: String(repository), number: Number(number) }
  const record = await recordAt(context, at)
  if (record === null) return context.done()
  const found = await findRoute(context, record.routed.route, options.routes)
  if (found === null) return context.done({ outcome: 'gone' })
  const asked = policiesOf(context, options, found.compiled).some(({ needs = [] }) => needs.includes('reviews'))
  if (!asked) return context.done()
  const pullRequest = { repository: record.repository, number: record.number }
  const call = { signal: context.signal }
  const { state, head } = await found.vcs.getPullRequest(record.repository, record.number, call)
  if (state !== 'open') return context.done({ outcome: state })
  const all = await found.vcs.reviews?.list(pullRequest, call)
  const reviews = all === undefined ? null : standingReviews(all, { head })
  // The check first: while it says that a policy minds, the forge does not take auto-merge where nothing else is waited for.
  return publishRouted(context, options, record.routed, reviews, (results) =>
    reportRecord(context, options, { ...record, policies: results.map(asJson) }, { checkOnly: true }),
  )
}
