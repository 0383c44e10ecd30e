import {
  type EventRecord,
  type JsonObject,
  type JsonValue,
  type PolicyResult,
  type PullRequestKind,
  type PullRequestOrder,
  type PullRequestSpec,
  PullwrightError,
  parsePath,
  renderPullRequest,
  type VcsCapabilities,
} from '@pullwright/core'
import { deploymentFile, printFile } from './deployment-file.ts'
import { documentIdentity } from './document-identity.ts'
import { worstVerdict } from './policies/run-policies.ts'
import type { CompiledRoute, Route } from './route.ts'
import { routeRedactor } from './route-redactor.ts'
import { linkValues, pathValues } from './template-values.ts'

export interface SpecFacts {
  capabilities: VcsCapabilities
  pseudonymKey: string | undefined
  order: PullRequestOrder
  /** What policies said; a block keeps the forge from merging by itself. */
  results: readonly PolicyResult[]
  /** Default `document`. */
  kind?: PullRequestKind | undefined
}

/** Everything the forge is asked for, from the recorded deployment: already redacted, here once more by the route. */
export function pullRequestSpec(
  event: EventRecord,
  compiled: CompiledRoute,
  branch: string,
  { capabilities, pseudonymKey, order, results, kind = 'document' }: SpecFacts,
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
    ...autoMerge(route, results),
    ...(route.onForeignCommits === undefined ? {} : { onForeignCommits: route.onForeignCommits }),
  }
}

/** `false` switches it off where an earlier deployment switched it on; where nobody asked, it is left as people set it. */
function autoMerge({ autoMerge: asked }: Route, results: readonly PolicyResult[]): Pick<PullRequestSpec, 'autoMerge'> {
  if (worstVerdict(results) === 'block') return { autoMerge: false }
  return asked === undefined ? {} : { autoMerge: asked }
}

/** The recorded data with the changes that the route lets be seen. */
function shownData(data: JsonObject, route: Route): JsonObject {
  const { config_diff: diff, ...facts } = data
  if (route.include?.diff === false) return facts
  if (typeof diff !== 'object' || diff === null || Array.isArray(diff)) return data
  const shown = Object.entries(diff).map(([kind, changes]) => [kind, shownChanges(kind, changes as JsonObject, route)])
  return { ...data, config_diff: Object.fromEntries(shown) }
}

function shownChanges(kind: string, changes: JsonObject, route: Route): JsonObject {
  if (route.include?.diff === false) return {}
  return Object.fromEntries(
    Object.entries(changes).filter(([path, change]) => {
      const from = (change as JsonObject | null)?.from
      return isShown(memberOf(path), route) && (kind !== 'moved' || isShown(memberOf(String(from)), route))
    }),
  )
}

/** The members of the configuration that the route lets be seen; of one without members nothing, where it names some. */
export function shownConfig(config: JsonValue, route: Route): JsonValue {
  if (route.include?.config === false) return null
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return isShown(null, route) ? config : null
  }
  return Object.fromEntries(Object.entries(config).filter(([key]) => isShown(key, route)))
}

/** The member at the top that a path begins with; null for the whole, and for an element of a list. */
function memberOf(path: string): string | null {
  const [first] = parsePath(path)
  return typeof first === 'string' ? first : null
}

function isShown(member: string | null, { include }: Route): boolean {
  if (member === null) return include?.only === undefined && include?.except === undefined
  return (include?.only?.includes(member) ?? true) && !include?.except?.includes(member)
}

/** `owner/team` among the reviewers is a team. */
function people({ reviewers = [], teamReviewers = [], assignees = [] }: Route) {
  return {
    reviewers: reviewers.filter((name) => !name.includes('/')),
    teamReviewers: [...teamReviewers, ...reviewers.filter((name) => name.includes('/'))],
    assignees,
  }
}
