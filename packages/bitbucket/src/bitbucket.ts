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
import { createAccess } from './access.ts'
import { authOfCredential, authorizationOf, type BitbucketAuth } from './authorization.ts'
import { baseUrls } from './base-url.ts'
import { capabilities } from './capabilities.ts'
import { createClient } from './client.ts'
import { upsertComment } from './comments.ts'
import { createContents } from './contents.ts'
import { inspect } from './inspect.ts'
import { createIssues } from './issues.ts'
import { mergePullRequest } from './merge-pull-request.ts'
import { createPeople } from './people.ts'
import { createKnownBranches } from './publish/known-branches.ts'
import { publishPullRequest } from './publish/publish-pull-request.ts'
import { closePullRequest, editLabels, findPullRequests, getPullRequest } from './pull-requests.ts'
import { readFiles } from './read-files.ts'
import { repositoryName } from './repository-name.ts'
import { createReviews } from './reviews.ts'
import { bitbucketSource } from './source.ts'
import { setStatus } from './statuses.ts'
import { createViewer } from './viewer.ts'

export interface BitbucketOptions {
  /** What routes and `/hooks/:source` refer to. Default `bitbucket`. */
  name?: string
  /**
   * An access token, or a user name (or e-mail address) with an app password (or API token). Environment variables fit as
   * they are: a missing one is refused here, at once.
   */
  auth: BitbucketAuth
  /** Default `https://api.bitbucket.org/2.0`. */
  baseUrl?: string
  /** Of the repository's or workspace's webhook; several while it is being changed. Without it no webhook is taken. */
  webhookSecret?: WebhookSecret
  /** What every byte is sent through. Default: one of its own, which `close()` closes and the next call opens anew. */
  transport?: Transport
  /** What rate limits, pauses between writes and waiting for a merge are measured by. Default: the system's. */
  clock?: Clock
  /** Milliseconds between two writes of one credential, once it wrote `writeBurst` times within a minute. Default 1,000. */
  writeSpacingMs?: number
  /** Writes that go out at once before they are spaced. Default 20. */
  writeBurst?: number
  /** Ask the repository's default reviewers too, when a pull request is opened: one request more. Default false. */
  defaultReviewers?: boolean
  /** Have the branch removed when its pull request is merged. Default true. */
  closeSourceBranch?: boolean
  /** Tasks for every new pull request, in Markdown: one request more for each. */
  tasks?: readonly string[]
}

/**
 * Bitbucket Cloud. No state beside the connection pool, what Bitbucket said of its rate limits, who the credential is,
 * the workspace's members for ten minutes, and which branches had an open pull request; two adapters share nothing.
 */
export function bitbucket(options: BitbucketOptions): Vcs {
  const { name = 'bitbucket', auth, baseUrl, webhookSecret, clock = Date, writeSpacingMs, writeBurst } = options
  const authorization = authorizationOf(auth)
  const secrets = webhookSecretsOf(webhookSecret)
  const wire = lazyTransport(options.transport)
  const pace = {
    ...(writeSpacingMs === undefined ? {} : { writeSpacingMs }),
    ...(writeBurst === undefined ? {} : { writeBurst }),
  }
  const transport = createForgeTransport({ transport: wire, clock, ...pace })
  const client = createClient({ urls: baseUrls(baseUrl), authorization, transport })
  const viewer = createViewer(client)
  const people = createPeople(client, () => clock.now())
  const { defaultReviewers = false, closeSourceBranch = true, tasks = [] } = options
  const wishes = { defaultReviewers, closeSourceBranch, tasks }
  const publisher = { client, viewer, people, known: createKnownBranches(), wishes }
  return {
    apiVersion: 1,
    name,
    capabilities: async (repository: string, { signal }: CallOptions = {}) => {
      signal?.throwIfAborted()
      repositoryName(repository)
      return capabilities()
    },
    inspect: (...call) => inspect(client, ...call),
    readFiles: (...call) => readFiles(client, ...call),
    publishPullRequest: (...call) => publishPullRequest(publisher, ...call),
    findPullRequests: (...call) => findPullRequests(client, ...call),
    getPullRequest: (...call) => getPullRequest(client, ...call),
    mergePullRequest: (...call) => mergePullRequest(client, clock, ...call),
    closePullRequest: (...call) => closePullRequest(client, ...call),
    editLabels,
    upsertComment: (...call) => upsertComment(client, viewer, ...call),
    setStatus: (...call) => setStatus(client, ...call),
    reviews: createReviews(client, people),
    contents: createContents(client),
    access: createAccess(client, people, viewer),
    issues: createIssues(client, viewer),
    ...(secrets === null ? {} : { source: bitbucketSource(name, secrets) }),
    connect: (connection) => bitbucket(connected({ ...options, transport: wire }, connection)),
    secrets: () => [...authorization.secrets, ...(secrets ?? [])],
    close: () => wire.close(),
  }
}

/** A host that a tenant names is reached through the guarded transport and no other. */
function connected(options: BitbucketOptions, { credential, baseUrl, transport }: VcsConnection): BitbucketOptions {
  const { webhookSecret: _ours, ...rest } = options
  if (baseUrl !== undefined && transport === undefined) {
    const message = 'A connection with a baseUrl of its own needs a guarded transport to reach it through.'
    throw new PullwrightError('invalid-argument', message)
  }
  return {
    ...rest,
    auth: authOfCredential(credential),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(transport === undefined ? {} : { transport }),
  }
}
