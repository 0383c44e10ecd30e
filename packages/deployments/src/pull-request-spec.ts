import {
  createRedactor,
  type EventRecord,
  type JsonObject,
  type JsonValue,
  type PullRequestOrder,
  type PullRequestSpec,
  PullwrightError,
  parsePath,
  renderPullRequest,
  type VcsCapabilities,
} from '@pullwright/core'
import { deploymentFile, printFile } from './deployment-file.ts'
import type { CompiledRoute, Route } from './route.ts'
import { linkValues, pathValues } from './template-values.ts'

export interface SpecFacts {
  capabilities: VcsCapabilities
  pseudonymKey: string | undefined
  order: PullRequestOrder
}

/** Everything the forge is asked for, from the recorded deployment: already redacted, here once more by the route. */
export function pullRequestSpec(
  event: EventRecord,
  compiled: CompiledRoute,
  branch: string,
  { capabilities, pseudonymKey, order }: SpecFacts,
): PullRequestSpec {
  const { route } = compiled
  if (event.identity === null) throw new PullwrightError('invalid-event', `The deployment ${event.id} has no identity`)
  const redactor = createRedactor({
    keys: route.redact ?? [],
    ...(route.pseudonymise && pseudonymKey ? { pseudonymise: { key: pseudonymKey } } : {}),
  })
  const data = redactor.value(event.data) as JsonObject
  const url = typeof data.url === 'string' ? data.url : (compiled.link?.(linkValues(event)) ?? null)
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
    kind: 'document',
    identity: event.identity,
    order,
    files: [{ path: compiled.path(pathValues(event)), content }],
    commitMessage: rendered.commitMessage,
    title: rendered.title,
    body: rendered.body,
    labels: route.labels ?? rendered.labels,
    ...people(route),
    draft: route.draft ?? false,
    autoMerge: route.autoMerge ?? false,
  }
}

/** The recorded data with the changes that the route lets be seen. */
function shownData(data: JsonObject, route: Route): JsonObject {
  const { config_diff: diff, ...facts } = data
  if (route.include?.diff === false) return facts
  if (typeof diff !== 'object' || diff === null || Array.isArray(diff)) return data
  const shown = Object.entries(diff).map(([kind, changes]) => [kind, shownChanges(changes as JsonObject, route)])
  return { ...data, config_diff: Object.fromEntries(shown) }
}

function shownChanges(changes: JsonObject, route: Route): JsonObject {
  if (route.include?.diff === false) return {}
  return Object.fromEntries(
    Object.entries(changes).filter(([path]) => isShown(String(parsePath(path)[0] ?? ''), route)),
  )
}

/** The members of the configuration that the route lets be seen. */
function shownConfig(config: JsonValue, route: Route): JsonValue {
  if (route.include?.config === false) return null
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config
  return Object.fromEntries(Object.entries(config).filter(([key]) => isShown(key, route)))
}

function isShown(member: string, { include }: Route): boolean {
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
