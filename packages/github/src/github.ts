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
import { appAccess } from './app/app-access.ts'
import { type GitHubAppAuth, isInstallationCredential } from './app/app-identity.ts'
import { tokenAuthorization } from './authorization.ts'
import { apiUrls } from './base-url.ts'
import { capabilities } from './capabilities.ts'
import { type ClientParts, createClient } from './client.ts'
import { upsertComment } from './comments.ts'
import { facetsOf } from './facets/facets.ts'
import { inspect } from './inspect.ts'
import { publishPullRequest } from './publish/publish-pull-request.ts'
import { closePullRequest, editLabels, findPullRequests, getPullRequest, mergePullRequest } from './pull-requests.ts'
import { readFiles } from './read-files.ts'
import { repositoryName } from './repository-name.ts'
import { githubSource } from './source.ts'
import { setStatus } from './statuses.ts'

export interface GitHubOptions {
  /** What routes and `/hooks/:source` refer to. Default `github`. */
  name?: string
  /**
   * A personal access token, fine-grained or classic, or any other token GitHub takes. An environment variable fits as
   * it is: a missing one is refused here, at once. Or a GitHub App, by its id and private key or as `githubApp()` keeps
   * it: then every call has a token for its repository and for what it does there, renewed before it ends.
   */
  auth: { token: string | undefined } | GitHubAppAuth
  /** Default `https://api.github.com`. GitHub Enterprise Server: `https://HOST/api/v3`, or just `https://HOST`. */
  baseUrl?: string
  /** Of the repository's or organisation's webhook; several while it is being changed. Without it no webhook is taken. */
  webhookSecret?: WebhookSecret
  /** What every byte is sent through. Default: one of its own, which `close()` closes and the next call opens anew. */
  transport?: Transport
  /** What rate limits and the pauses between writes are measured by. Default: the system's. */
  clock?: Clock
  /**
   * Milliseconds between two writes of one credential, once it wrote `writeBurst` times within a minute. Default 1,000,
   * as GitHub asks; 0 for a GitHub Enterprise Server without rate limits.
   */
  writeSpacingMs?: number
  /** Writes that go out at once before they are spaced; GitHub takes 80 a minute. Default 20. */
  writeBurst?: number
}

/**
 * GitHub and GitHub Enterprise Server. No state beside the connection pool, tokens of an App's installations and what
 * GitHub said of its rate limits; two adapters share nothing.
 */
export function github(options: GitHubOptions): Vcs {
  const { auth, baseUrl, clock = Date, writeSpacingMs, writeBurst } = options
  const wire = lazyTransport(options.transport)
  const transport = createForgeTransport({
    transport: wire,
    clock,
    ...(writeSpacingMs === undefined ? {} : { writeSpacingMs }),
    ...(writeBurst === undefined ? {} : { writeBurst }),
  })
  const parts = { urls: apiUrls(baseUrl), transport, now: () => clock.now() }
  const app = isApp(auth) ? appAccess(auth, parts) : null
  return {
    ...adapter(options, { ...parts, authorization: app?.authorization ?? tokenAuthorization(tokenOf(auth)) }),
    connect(connection) {
      const { credential } = connection
      if (!isInstallationCredential(credential)) return github(connected({ ...options, transport: wire }, connection))
      if (app === null || connection.baseUrl !== undefined) throw notOurs(app !== null)
      const { webhookSecret: _ours, ...rest } = options
      return adapter(rest, { ...parts, authorization: app.tenant(credential) })
    },
    close: () => wire.close(),
    secrets: () => [app?.secrets() ?? tokenOf(auth) ?? [], webhookSecretsOf(options.webhookSecret) ?? []].flat(),
  }
}

function adapter({ name = 'github', auth, webhookSecret }: GitHubOptions, parts: ClientParts): Vcs {
  const client = createClient(parts)
  const secrets = webhookSecretsOf(webhookSecret)
  return {
    apiVersion: 1,
    name,
    capabilities: async (repository: string, { signal }: CallOptions = {}) => {
      signal?.throwIfAborted()
      repositoryName(repository)
      return capabilities({ asApp: isApp(auth) })
    },
    inspect: (...call) => inspect(client, ...call),
    readFiles: (...call) => readFiles(client, ...call),
    publishPullRequest: (...call) => publishPullRequest(client, ...call),
    findPullRequests: (...call) => findPullRequests(client, ...call),
    getPullRequest: (...call) => getPullRequest(client, ...call),
    mergePullRequest: (...call) => mergePullRequest(client, ...call),
    closePullRequest: (...call) => closePullRequest(client, ...call),
    editLabels: (...call) => editLabels(client, ...call),
    upsertComment: (...call) => upsertComment(client, ...call),
    setStatus: (...call) => setStatus(client, ...call),
    ...facetsOf(client, parts.now),
    ...(secrets === null ? {} : { source: githubSource(name, secrets) }),
  }
}

function isApp(auth: GitHubOptions['auth'] | undefined): auth is GitHubAppAuth {
  const named = Object.keys(auth ?? {})
  return !named.includes('token') && named.some((name) => /^(?:app|privateKey|installation)/.test(name))
}

function tokenOf(auth: GitHubOptions['auth'] | undefined): string | undefined {
  return auth !== undefined && 'token' in auth ? auth.token : undefined
}

/** The App's key signs for the operator's host and for no other. */
function notOurs(hasApp: boolean): PullwrightError {
  const message = hasApp
    ? 'A credential of an installation is for the host of the App itself: leave out baseUrl.'
    : 'A credential of an installation needs the adapter to be a GitHub App: github({ auth: { appId, privateKey } }).'
  return new PullwrightError('invalid-argument', message)
}

/** A host that a tenant names is reached through the guarded transport and no other. */
function connected(options: GitHubOptions, { credential, baseUrl, transport }: VcsConnection): GitHubOptions {
  const { webhookSecret: _ours, ...rest } = options
  if (baseUrl !== undefined && transport === undefined) {
    const message = 'A connection with a baseUrl of its own needs a guarded transport to reach it through.'
    throw new PullwrightError('invalid-argument', message)
  }
  return {
    ...rest,
    auth: { token: credential },
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(transport === undefined ? {} : { transport }),
  }
}
