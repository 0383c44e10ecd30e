import type { HandlerContext, JsonObject, Outcome } from '@pullwright/core'
import { adapterOf, type GitOpsParts } from './gitops-parts.ts'
import { forkProblem, labelProblem, pullRequestFacts, routesInto } from './guards.ts'
import { block, request } from './request-deployment.ts'
import { requestedFiles } from './requested-files.ts'

/** `deploy:staging` on a pull request asks for the revision that its file names, in that environment. */
export async function requestLabeled(context: HandlerContext, parts: GitOpsParts): Promise<Outcome> {
  const data = context.event.data as JsonObject
  const { labelPrefix = 'deploy:' } = parts.options
  const label = typeof data.label === 'string' ? data.label : ''
  if (labelPrefix === false || !label.startsWith(labelPrefix) || label === labelPrefix) return context.done()
  const environment = label.slice(labelPrefix.length)
  const facts = pullRequestFacts(data)
  const candidates = parts.routes.filter(
    ({ vcs, route }) => vcs === facts.vcs && route.repository.toLowerCase() === facts.repository.toLowerCase(),
  )
  const [first] = candidates
  if (first === undefined) return context.done()
  const vcs = adapterOf(context, first)
  const { signal } = context
  const pullRequest = await vcs.getPullRequest(facts.repository, facts.number, { signal })
  const routes = routesInto(candidates, facts.vcs, pullRequest)
  // A label that is gone again was a slip; on what is closed it asks for nothing.
  if (pullRequest.state === 'closed' || !pullRequest.labels.includes(label) || routes.length === 0) {
    return context.done({ outcome: 'not asked' })
  }
  const ref = pullRequest.state === 'merged' ? (pullRequest.mergeCommit ?? pullRequest.head) : pullRequest.head
  const found = await requestedFiles(vcs, pullRequest, routes, { project: context.event.project, ref, signal })
  if (found.files.length === 0) return context.done({ outcome: 'no file', problems: found.problems })
  const problem = forkProblem(pullRequest) ?? (await labelProblem(vcs, facts, signal))
  for (const requested of found.files) {
    const several = found.files.length > 1
    const asked = { ...facts, url: pullRequest.url, pullRequest, several, requested, environment, vcsAdapter: vcs }
    if (problem !== null) block(context, asked, `The label ${label} does not count: ${problem}`)
    else {
      const place = { project: context.event.project, app: requested.file.app, environment }
      const expected = (await parts.options.currentRevision?.(place, { signal })) ?? null
      await request(context, asked, { revision: requested.file.revision, expected, merged: false })
    }
  }
  return context.done({ asked: found.files.map(({ path }) => path) })
}
