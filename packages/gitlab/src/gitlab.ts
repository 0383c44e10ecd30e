import {
  type CallOptions,
  type Clock,
  createForgeTransport,
  PullwrightError,
  type Transport,
  type Vcs,
  type VcsConnection,
} from '@pullwright/core'
import { lazyTransport, type WebhookSecret, webhookSecretsOf } from '@pullwright/core/vcs'
import { authorizationOf, type GitLabAuth } from './authorization.ts'
import { instanceUrl } from './base-url.ts'
import { capabilities } from './capabilities.ts'
import { createClient } from './client.ts'
import { upsertComment } from './comments.ts'
import { access } from './facets/access.ts'
import { contents } from './facets/contents.ts'
import { deployments } from './facets/deployments.ts'
import { issues } from './facets/issues.ts'
import { reviews } from './facets/reviews.ts'
import { keyedTurns, type Turns } from './in-turn.ts'
import { inspect } from './inspect.ts'
import { pauseOn } from './pause.ts'
import { projectPath } from './project-path.ts'
import { publishPullRequest } from './publish/publish-pull-request.ts'
import { closePullRequest, editLabels, findPullRequests, getPullRequest, mergePullRequest } from './pull-requests.ts'
import { readFiles } from './read-files.ts'
import { gitlabSource } from './source.ts'
import { setStatus } from './statuses.ts'

export interface GitLabOptions {
  /** What routes and `/hooks/:source` refer to. Default `gitlab`. */
  name?: string
  /**
   * A personal, project or group access token with the scope `api`, or an OAuth token. An environment variable fits as
   * it is: a missing one is refused here, at once.
   */
  auth: GitLabAuth
  /** Address of a self-managed instance, with the path it is installed under. Default `https://gitlab.com`. */
  baseUrl?: string
  /**
   * Signing token (`whsec_…`) or secret token of the webhook; several while it is being changed. Without it no webhook is
   * taken.
   */
  webhookSecret?: WebhookSecret
  /** Have GitLab delete the branch once its merge request is merged. Default true. */
  removeSourceBranch?: boolean
  /** What every byte is sent through. Default: one of its own, which `close()` closes and the next call opens anew. */
  transport?: Transport
  /** What rate limits and waits for auto-merge are measured by. Default: the system's. */
  clock?: Clock
  /** Milliseconds between two writes of one credential, once it wrote `writeBurst` times within a minute. Default 0. */
  writeSpacingMs?: number
  /** Writes that go out at once before they are spaced. Default 20. */
  writeBurst?: number
}

/**
 * GitLab.com and self-managed GitLab. No state beside the connection pool, what GitLab said of its rate limits, the
 * name of the account, and whose turn it is to write to a branch; two adapters share nothing.
 */
export function gitlab(options: GitLabOptions): Vcs {
  return adapter(options, keyedTurns())
}

function adapter(options: GitLabOptions, inTurn: Turns): Vcs {
  const { name = 'gitlab', auth, baseUrl, webhookSecret, removeSourceBranch = true, clock = Date } = options
  const { writeSpacingMs = 0, writeBurst } = options
  const authorization = authorizationOf(auth)
  const secrets = webhookSecretsOf(webhookSecret)
  const wire = lazyTransport(options.transport)
  const pace = { writeSpacingMs, ...(writeBurst === undefined ? {} : { writeBurst }) }
  const transport = createForgeTransport({ transport: wire, clock, ...pace })
  const host = instanceUrl(baseUrl)
  const client = createClient({ host, authorization, transport, now: () => clock.now(), inTurn })
  const settings = { removeSourceBranch, pause: pauseOn(clock) }
  return {
    apiVersion: 1,
    name,
    capabilities: async (repository: string, { signal }: CallOptions = {}) => {
      signal?.throwIfAborted()
      projectPath(repository)
      return capabilities()
    },
    inspect: (...call) => inspect(client, ...call),
    readFiles: (...call) => readFiles(client, ...call),
    publishPullRequest: async (...call) => publishPullRequest(client, settings, ...call),
    findPullRequests: (...call) => findPullRequests(client, ...call),
    getPullRequest: (...call) => getPullRequest(client, ...call),
    mergePullRequest: (...call) => mergePullRequest(client, ...call),
    closePullRequest: (...call) => closePullRequest(client, ...call),
    editLabels: (...call) => editLabels(client, ...call),
    upsertComment: (...call) => upsertComment(client, ...call),
    setStatus: (repository, sha, status, call) => setStatus(client, repository, sha, status, call),
    reviews: reviews(client),
    contents: contents(client),
    access: access(client),
    deployments: deployments(client),
    issues: issues(client),
    ...(secrets === null ? {} : { source: gitlabSource(name, secrets) }),
    connect: (connection) => adapter(connected({ ...options, transport: wire }, connection), inTurn),
    secrets: () => [authorization.secret, ...(secrets ?? [])],
    close: () => wire.close(),
  }
}

/** A host that a tenant names is reached through the guarded transport and no other. */
function connected(options: GitLabOptions, { credential, baseUrl, transport }: VcsConnection): GitLabOptions {
  const { webhookSecret: _ours, ...rest } = options
  if (baseUrl !== undefined && transport === undefined) {
    const message = 'A connection with a baseUrl of its own needs a guarded transport to reach it through.'
    throw new PullwrightError('invalid-argument', message)
  }
  return {
    ...rest,
    auth: 'oauthToken' in options.auth ? { oauthToken: credential } : { token: credential },
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(transport === undefined ? {} : { transport }),
  }
}
