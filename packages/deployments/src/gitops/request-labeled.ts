import type { HandlerContext, JsonObject, Outcome } from '@pullwright/core'
import { matchesRoute } from '../matches-route.ts'
import type { CompiledRoute } from '../route.ts'
import type { GitOpsParts } from './gitops-parts.ts'
import { forkProblem, labelProblem, pullRequestFacts, routesInto } from './guards.ts'
import { type Asked, block, request } from './request-deployment.ts'
import { requestedFiles } from './requested-files.ts'
import { routesAt } from './routes-at.ts'

/** `deploy:staging` on a pull request asks for the revision that its file names, in that environment. */
export async function requestLabeled(context: HandlerContext, parts: GitOpsParts): Promise<Outcome> {
  const data = context.event.data as JsonObject
  const { labelPrefix = 'deploy:' } = parts.options
  const label = typeof data.label === 'string' ? data.label : ''
  if (labelPrefix === false || !label.startsWith(labelPrefix) || label === labelPrefix) return context.done()
  const environment = label.slice(labelPrefix.length)
  const facts = pullRequestFacts(data)
  const at = await routesAt(context, parts, facts)
  if (at === null) return context.done()
  const { vcs } = at
  const { signal } = context
  const pullRequest = await vcs.getPullRequest(facts.repository, facts.number, { signal })
  const routes = routesInto(at.routes, facts.vcs, pullRequest)
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
    const place = { project: context.event.project, app: requested.file.app, environment }
    const reason = problem ?? placeProblem(routes, place)
    if (reason !== null) block(context, asked, `The label ${label} does not count: ${reason}`)
    else {
      const expected = (await parts.options.currentRevision?.(place, { signal })) ?? null
      // A look finds the label whose webhook may have come before: only setting it anew asks once more.
      const again = data.polled === true ? 0 : await failuresOf(context, asked)
      await request(context, asked, { revision: requested.file.revision, expected, merged: false, again })
    }
  }
  return context.done({ asked: found.files.map(({ path }) => path) })
}

/** A route that speaks for staging alone lets no label ask for production. */
function placeProblem(routes: readonly CompiledRoute[], place: Parameters<typeof matchesRoute>[1]): string | null {
  if (routes.some(({ route }) => matchesRoute(route, place))) return null
  return `no route of gitops speaks for ${place.app} in ${place.environment}`
}

/** How often what this label asks for came to nothing before: taken off and set again, it asks once more. */
async function failuresOf(
  { events }: HandlerContext,
  { environment, number, repository, pullRequest, requested: { file } }: Asked,
): Promise<number> {
  const attributes = { app: file.app, environment: String(environment), revision: String(file.revision) }
  const ended = await events({ types: ['deployment.failed', 'deployment.blocked'], attributes, limit: 100 })
  return ended.filter(({ data }) => {
    const from = ((data as JsonObject).pull_request ?? {}) as JsonObject
    const same = String(from.repository).toLowerCase() === repository.toLowerCase() && from.number === number
    return same && from.commit === (pullRequest.mergeCommit ?? pullRequest.head)
  }).length
}
