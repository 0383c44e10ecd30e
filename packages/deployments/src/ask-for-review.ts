import {
  type HandlerContext,
  isVcsError,
  type JsonObject,
  type Outcome,
  type PolicyResult,
  type Vcs,
} from '@pullwright/core'
import { CODE_OWNERS_FILES, codeOwnersOf } from './code-owners.ts'
import { worstVerdict } from './policies/run-policies.ts'
import { findRoute, type PublishOptions } from './publish.ts'
import { type PullRequestRecord, recordKey } from './pull-request-record.ts'
import { recordAt } from './report.ts'
import type { CompiledRoute } from './route.ts'
import { routeRedactor } from './route-redactor.ts'
import { pathValues } from './template-values.ts'

/**
 * A policy blocks: the route's reviewers and the file's code owners are asked to look, also those who approved before.
 * Once for each verdict.
 */
export async function askForReview(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const { deployment_event_id: id, vcs: name, repository, number } = context.event.data as JsonObject
  if (typeof id !== 'string') return context.done()
  const at = { vcs: String(name), repository: String(repository), number: Number(number) }
  const record = await recordAt(context, at)
  if (record === null || worstVerdict(record.policies as unknown as PolicyResult[]) !== 'block') return context.done()
  const found = await findRoute(context, record.routed.route, options.routes)
  if (found === null) return context.done({ outcome: 'gone' })
  const { compiled, vcs } = found
  if (!vcs.reviews) return context.done({ outcome: 'unsupported' })
  const key = `asked:${recordKey(compiled.host, record.repository, record.number)}`
  if ((await context.documents.get(key))?.value === record.identity) return context.done({ outcome: 'asked before' })
  const { reviewers = [], teamReviewers = [] } = compiled.route
  const owners = await ownersOf(context, options, compiled, vcs, record)
  const wanted = [...new Set([...reviewers, ...teamReviewers.map(teamName(record)), ...owners])]
  const problems: string[] = []
  for (const reviewer of wanted) {
    const problem = await ask(context, vcs, record, reviewer)
    if (problem !== null) problems.push(`${reviewer}: ${problem}`)
  }
  if (problems.length > 0)
    context.log.warn({ pullRequest: record.url, problems }, 'Some could not be asked for a review')
  await context.documents.put(key, record.identity)
  return context.done({ asked: wanted, problems })
}

/** Teams may stand without their organisation. */
function teamName({ repository }: PullRequestRecord): (team: string) => string {
  return (team) => (team.includes('/') ? team : `${repository.split('/')[0]}/${team}`)
}

/** One at a time: one who cannot be asked, such as the author, spoils it for nobody else. */
async function ask(
  { signal }: HandlerContext,
  vcs: Vcs,
  { repository, number }: PullRequestRecord,
  reviewer: string,
): Promise<string | null> {
  try {
    await vcs.reviews?.request({ repository, number }, [reviewer], { signal })
    return null
  } catch (error) {
    if (!isVcsError(error) || error.retryable) throw error
    return error.message
  }
}

async function ownersOf(
  context: HandlerContext,
  { pseudonymKey }: PublishOptions,
  { route, path }: CompiledRoute,
  vcs: Vcs,
  { repository, routed }: PullRequestRecord,
): Promise<string[]> {
  const deployment = await context.find(routed.deployment_event_id)
  if (deployment === null) return []
  const request = { ref: route.base ?? 'main', paths: CODE_OWNERS_FILES }
  const { files } = await vcs.readFiles(repository, request, { signal: context.signal })
  const text = CODE_OWNERS_FILES.map((place) => files[place]?.content).find((content) => content !== undefined)
  if (text === undefined) return []
  const redactor = routeRedactor(route, pseudonymKey)
  return codeOwnersOf(text, path(pathValues(deployment, { redactor, pseudonymKey })))
}
