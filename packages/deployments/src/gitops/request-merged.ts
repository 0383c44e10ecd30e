import type { HandlerContext, JsonObject, Outcome } from '@pullwright/core'
import { commitEdit } from './commit-edit.ts'
import type { GitOpsParts, MergedFile } from './gitops-parts.ts'
import { forkProblem, pullRequestFacts, routesInto } from './guards.ts'
import { editOfProposal } from './proposed-config.ts'
import { block, request } from './request-deployment.ts'
import { requestedFiles } from './requested-files.ts'
import { routesAt } from './routes-at.ts'

/** A merged pull request: a proposal asks for its revision, an edited file becomes one, a document asks for nothing. */
export async function requestMerged(context: HandlerContext, parts: GitOpsParts): Promise<Outcome> {
  const facts = pullRequestFacts(context.event.data as JsonObject)
  const at = await routesAt(context, parts, facts)
  if (at === null) return context.done()
  const { vcs } = at
  // As the forge has it now, not as a delivery said: a signed delivery may still be about what has changed since.
  const pullRequest = await vcs.getPullRequest(facts.repository, facts.number, { signal: context.signal })
  const routes = routesInto(at.routes, facts.vcs, pullRequest)
  if (pullRequest.state !== 'merged' || routes.length === 0) return context.done({ outcome: 'not ours' })
  if (pullRequest.marker?.kind === 'document') return context.done({ outcome: 'document' })
  const found = await requestedFiles(vcs, pullRequest, routes, {
    project: context.event.project,
    ref: pullRequest.mergeCommit ?? pullRequest.base,
    signal: context.signal,
  })
  const several = found.files.length > 1
  const about = { ...facts, url: pullRequest.url, pullRequest, several, actor: pullRequest.mergedBy ?? facts.actor }
  const fork = found.files.length > 0 ? forkProblem(pullRequest) : null
  for (const requested of found.files) {
    if (fork !== null) block(context, { ...about, requested }, fork)
    else await requestFile(context, parts, { ...about, vcsAdapter: vcs, requested })
  }
  for (const problem of found.problems) context.log.warn({ pullRequest: pullRequest.url }, problem)
  return context.done({ asked: found.files.map(({ path }) => path), problems: found.problems })
}

async function requestFile(context: HandlerContext, parts: GitOpsParts, merged: MergedFile): Promise<void> {
  const { requested, pullRequest } = merged
  const { file, before } = requested
  const asksForRevision =
    pullRequest.marker?.kind === 'propose' || (before !== null && String(before.revision) !== String(file.revision))
  if (asksForRevision) {
    const isProposal = pullRequest.marker?.kind === 'propose'
    const edit = isProposal ? await editOfProposal(context, requested, parts.options.pseudonymKey) : null
    if (edit !== null) return block(context, merged, edit)
    const about = { revision: file.revision, expected: before?.revision ?? null, merged: true }
    return request(context, merged, about)
  }
  const made = await commitEdit(context, parts, merged)
  if (made === null) return
  if ('blocked' in made) return block(context, merged, made.blocked)
  await request(context, merged, { revision: made.revision, expected: made.from, merged: true, edited: true })
}
