import type { HandlerContext, JsonObject } from '@pullwright/core'

/** Where Git asked for this very deployment, so that it holds the deployment's file already. */
export interface GitOrigin {
  vcs: string
  repository: string
  /** Of the configuration that the file shows; null where the request does not tell. */
  content: string | null
}

/**
 * The repository whose merged pull request asked for the deployment at hand; null where nobody did. Only the first
 * deployment after a request answers it: one that comes to the same revision later is the host's own.
 */
export async function gitOrigin({
  event,
  events,
}: Pick<HandlerContext, 'event' | 'events'>): Promise<GitOrigin | null> {
  const { app_name: app, environment, revision } = event.data as JsonObject
  const attributes = { app: String(app), environment: String(environment), revision: String(revision) }
  const requests = await events({ types: ['deployment.requested'], attributes })
  const merged = requests.find(({ data, order }) => order < event.order && isMerged(data as JsonObject))
  if (merged === undefined) return null
  const answers = await events({ types: ['environment.deployed'], attributes })
  if (answers.some(({ order }) => order > merged.order && order < event.order)) return null
  const { pull_request: from, documented } = merged.data as JsonObject
  const { vcs, repository } = from as JsonObject
  return {
    vcs: String(vcs),
    repository: String(repository),
    content: typeof documented === 'string' ? documented : null,
  }
}

function isMerged({ requested_via: via, pull_request: pullRequest }: JsonObject): boolean {
  return via === 'git' && typeof pullRequest === 'object' && pullRequest !== null && 'merged' in pullRequest
    ? pullRequest.merged === true
    : false
}
