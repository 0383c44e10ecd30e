import {
  type Caller,
  createForgeTransport,
  type Plugin,
  type PluginContext,
  PullwrightError,
  type Transport,
} from '@pullwright/core'
import { lazyTransport } from '@pullwright/core/vcs'
import { apiUrls } from '../base-url.ts'
import { githubSource } from '../source.ts'
import { createAppClient } from './app-client.ts'
import { appHost } from './app-host.ts'
import { appIdentity, type GitHubAppAuth, type GitHubAppCredentials } from './app-identity.ts'
import { installRoutes } from './install-routes.ts'
import { type KnownInstallation, knownInstallations } from './known-installations.ts'
import { type ManifestOptions, manifest, needsOf } from './manifest.ts'
import { setupRoutes } from './setup-routes.ts'
import { sweepStates } from './setup-state.ts'
import { type GitHubAppSecrets, keptApp } from './stored-app.ts'

export interface GitHubAppOptions extends ManifestOptions {
  /** Account that owns the App. Default: of whoever sets it up; `/github/setup?organization=acme` names one too. */
  organization?: string
  /** Of the API, as for `github()`. Default `https://api.github.com`. */
  apiUrl?: string
  /** An App that is there already; nothing is set up then. */
  app?: GitHubAppSecrets
  /** Who may set up the one App of all tenants, beside having `manage`. Default: callers of the project `default`. */
  maySetUp?: (caller: Caller) => boolean | Promise<boolean>
  /** Milliseconds between two looks at all installations. Default: an hour. */
  reconcileMs?: number
  transport?: Transport
}

export interface GitHubApp extends Plugin {
  /** For `github({ auth })`: the App's credentials, from the store once it is set up there. */
  auth: GitHubAppAuth
  /** As they were last seen; with a project those that are its own. */
  installations(filter?: { project?: string }): Promise<KnownInstallation[]>
}

const HOUR = 3_600_000

/**
 * A GitHub App that is set up in the browser: pages to make and install it, credentials sealed in the store, its
 * webhooks, and its installations kept current. Needs a `key`, and the adapter without a `webhookSecret` of its own.
 */
function createGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { source = 'github', features, organization, maySetUp = ({ project }) => project === 'default' } = options
  const form = manifest(options)
  const needed = needsOf(features ?? ['pullRequests', 'checks', 'statuses']).default_permissions
  const urls = apiUrls(options.apiUrl)
  const wire = lazyTransport(options.transport)
  let started: PluginContext | null = null
  let cached: { app: GitHubAppSecrets; until: number } | null = null
  const now = () => started?.now() ?? Date.now()
  const transport = createForgeTransport({ transport: wire, clock: { now } })
  const app = async (context: PluginContext) => {
    started ??= context
    if (options.app !== undefined) return options.app
    if (cached !== null && cached.until > context.now()) return cached.app
    const found = await keptApp(context)
    cached = found === null ? null : { app: found, until: context.now() + CACHE_MS }
    return found
  }
  const credentials = async (): Promise<GitHubAppCredentials> => {
    const found = options.app ?? (started === null ? null : await app(started))
    if (found === null) throw notSetUp()
    return found
  }
  const parts = { urls, transport, now }
  const rest = createAppClient({ ...parts, identity: async () => appIdentity(await credentials()) })
  const installations = knownInstallations(rest, needed, parts)
  const host = appHost(urls, transport)
  const begun = (): PluginContext => {
    if (started !== null) return started
    throw new PullwrightError('invalid-argument', 'Call start() first: the installations are in the store.')
  }

  return {
    apiVersion: 1,
    name: 'github-app',
    auth: { app: credentials },
    installations: ({ project } = {}) => installations.list(begun(), project),
    sources: [
      githubSource(source, async () => {
        const found = options.app ?? (started === null ? null : await app(started))
        return found === null ? [] : [found.webhookSecret]
      }),
    ],
    handlers: {
      installations: {
        on: ['installation.changed'],
        key: ['data.id'],
        async run({ event, done }) {
          const { vcs, id } = event.data as { vcs: string; id: number }
          if (vcs !== source) return done()
          const { status, account } = await installations.refresh(begun(), id)
          return done({ status, account })
        },
      },
    },
    schedules: {
      installations: {
        everyMs: options.reconcileMs ?? HOUR,
        async run() {
          const context = begun()
          await sweepStates(context)
          if ((await app(context)) !== null) await installations.reconcile(context)
        },
      },
    },
    routes: [
      ...setupRoutes({
        ...{ host, app, organization, maySetUp, manifest: form },
        forget: () => {
          cached = null
        },
      }),
      ...installRoutes({ host, app, installations }),
    ],
    start(context) {
      started = context
    },
    stop: () => wire.close(),
    secrets: () => secretsOf(options.app),
  }
}

/** Another process may have set it up, or put another App in its place. */
const CACHE_MS = 30_000

function secretsOf(app: GitHubAppSecrets | undefined): string[] {
  return app === undefined ? [] : [app.privateKey, app.webhookSecret, app.clientSecret]
}

function notSetUp(): PullwrightError {
  return new PullwrightError('invalid-argument', 'There is no GitHub App yet: open /github/setup, and call start().')
}

export const githubApp = Object.assign(createGitHubApp, { manifest })
