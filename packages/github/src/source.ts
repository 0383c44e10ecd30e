import { type InboundEvent, type InboundSource, verifyWebhook } from '@pullwright/core'
import { installationChanged } from './app/installation-changed.ts'
import {
  checkEnded,
  pipelineEnded,
  pushed,
  repositoriesAdded,
  repositoryMade,
  statusSet,
} from './source-forge-events.ts'
import { objectAt, type Received } from './source-payload.ts'
import { pullRequestEvents } from './source-pull-requests.ts'

/** GitHub's webhooks, of repositories, organisations and apps. What means nothing to us, `ping` too, is acknowledged. */
export function githubSource(
  name: string,
  secret: string | readonly string[] | (() => Promise<string[]>),
): InboundSource {
  return {
    name,
    async verify({ headers, body }) {
      const secrets = typeof secret === 'function' ? await secret() : secret
      const verdict = verifyWebhook('github', { secrets, headers, body })
      return verdict.ok ? { ok: true } : { ok: false, reason: verdict.reason }
    },
    deliveryId: ({ headers }) => headers['x-github-delivery'] || null,
    normalise({ headers, json }) {
      const event = headers['x-github-event'] ?? ''
      const normalise = Object.hasOwn(BY_EVENT, event) ? BY_EVENT[event] : undefined
      return normalise?.({ vcs: name, event, payload: objectAt(json) }) ?? []
    },
  }
}

/** By the `X-GitHub-Event` header: https://docs.github.com/webhooks/webhook-events-and-payloads */
const BY_EVENT: Readonly<Record<string, (received: Received) => InboundEvent[]>> = {
  pull_request: pullRequestEvents,
  pull_request_review: pullRequestEvents,
  pull_request_review_comment: pullRequestEvents,
  issue_comment: pullRequestEvents,
  push: pushed,
  workflow_run: pipelineEnded,
  check_run: checkEnded,
  status: statusSet,
  repository: repositoryMade,
  installation: installationEvents,
  installation_repositories: installationEvents,
}

function installationEvents(received: Received): InboundEvent[] {
  return [...repositoriesAdded(received), ...installationChanged(received)]
}
