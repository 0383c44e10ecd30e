import {
  type EventRecord,
  type JsonObject,
  type PolicyResult,
  type PullRequestKind,
  type PullRequestOrder,
  type PullRequestSpec,
  PullwrightError,
  renderPullRequest,
  type VcsCapabilities,
} from '@pullwright/core'
import { autoMergeIn } from './auto-merge-in.ts'
import { deploymentFile, printFile } from './deployment-file.ts'
import { documentIdentity } from './document-identity.ts'
import { worstVerdict } from './policies/run-policies.ts'
import type { CompiledRoute, Route } from './route.ts'
import { routeRedactor } from './route-redactor.ts'
import { shownConfig, shownData } from './shown.ts'
import { linkValues, pathValues } from './template-values.ts'

export interface SpecFacts {
  capabilities: VcsCapabilities
  pseudonymKey: string | undefined
  order: PullRequestOrder
  /** What policies said; a block keeps the forge from merging by itself. */
  results: readonly PolicyResult[]
  /** A pipeline's gate decides when it is merged, and nobody before. Default false. */
  gated?: boolean
  /** Default `document`. */
  kind?: PullRequestKind | undefined
}

/** Everything the forge is asked for, from the recorded deployment: already redacted, here once more by the route. */
export function pullRequestSpec(
  event: EventRecord,
  compiled: CompiledRoute,
  branch: string,
  { capabilities, pseudonymKey, order, results, kind = 'document', gated = false }: SpecFacts,
): PullRequestSpec {
  const { route } = compiled
  if (event.identity === null) throw new PullwrightError('invalid-event', `The deployment ${event.id} has no identity`)
  const redactor = routeRedactor(route, pseudonymKey)
  const values = { redactor, pseudonymKey }
  const data = redactor.value(event.data) as JsonObject
  const url = typeof data.url === 'string' ? data.url : (compiled.link?.(linkValues(event, values)) ?? null)
  const config = event.kept.config ?? null
  const removed = config === null
  const shown = removed ? null : shownConfig(redactor.value(config), route)
  const rendered = renderPullRequest(
    {
      ...shownData(event.data as JsonObject, route),
      url,
      timestamp: event.occurredAt,
      // So that a change can be said to be in the system message; without a diff it would be taken for all new.
      ...(shown === null || route.include?.diff === false ? {} : { config: shown }),
    },
    {
      limits: { body: capabilities.bodyLimit, title: capabilities.titleLimit },
      details: capabilities.details ?? false,
      redactor,
      policies: results,
      proposal: kind === 'propose',
      ...(route.title === undefined ? {} : { title: route.title }),
      ...(route.template === undefined ? {} : { template: route.template }),
    },
  )
  const content = removed
    ? null
    : printFile(deploymentFile(data, shown, { deployedAt: event.occurredAt, url }), compiled.format)
  return {
    repository: route.repository,
    base: route.base ?? 'main',
    branch,
    kind,
    identity: documentIdentity(event.identity, results),
    order,
    files: [{ path: compiled.path(pathValues(event, values)), content }],
    commitMessage: rendered.commitMessage,
    title: rendered.title,
    body: rendered.body,
    labels: route.labels ?? rendered.labels,
    ...people(route),
    draft: route.draft ?? false,
    ...autoMerge(route, String(data.environment), gated || worstVerdict(results) === 'block'),
    ...(route.onForeignCommits === undefined ? {} : { onForeignCommits: route.onForeignCommits }),
  }
}

/** `false` switches it off where an earlier deployment switched it on; where nobody asked, it is left as people set it. */
function autoMerge(
  { autoMerge: asked }: Route,
  environment: string,
  held: boolean,
): Pick<PullRequestSpec, 'autoMerge'> {
  const wanted = held ? false : autoMergeIn(asked, environment)
  return wanted === undefined ? {} : { autoMerge: wanted }
}

/** `owner/team` among the reviewers is a team. */
function people({ reviewers = [], teamReviewers = [], assignees = [] }: Route) {
  return {
    reviewers: reviewers.filter((name) => !name.includes('/')),
    teamReviewers: [...teamReviewers, ...reviewers.filter((name) => name.includes('/'))],
    assignees,
  }
}
