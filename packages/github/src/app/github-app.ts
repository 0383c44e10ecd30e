import {
  type Caller,
  createForgeTransport,
  type HandlerContext,
  isPullwrightError,
  type Outcome,
  type Plugin,
  type PluginContext,
  type PluginRoute,
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
import { DEFAULT_FEATURES, type ManifestOptions, manifest, needsOf } from './manifest.ts'
import { redeliverMissed } from './missed-deliveries.ts'
import { escapeHtml, page } from './pages.ts'
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
/** Another process may have set it up, or put another App in its place. */
const CACHE_MS = 30_000

/**
 * A GitHub App that is set up in the browser: pages to make and install it, credentials sealed in the store, its
 * webhooks, and its installations kept current. Needs a `key`, and the adapter without a `webhookSecret` of its own.
 */
function createGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { source = 'github', organization, maySetUp = ({ project }) => project === 'default' } = options
  const form = manifest(options)
  const known = knownApp(options.app)
  const { host, installations, redeliver, close } = reach(options, known)
  return {
    apiVersion: 1,
    name: 'github-app',
    auth: { app: known.credentials },
    installations: async ({ project } = {}) => installations.list(known.context(), project),
    sources: [githubSource(source, known.webhookSecrets)],
    handlers: { installations: { on: ['installation.changed'], key: ['data.id'], run: follow } },
    schedules: { installations: { everyMs: options.reconcileMs ?? HOUR, run: reconcile } },
    routes: [
      ...setupRoutes({ host, organization, maySetUp, manifest: form, app: known.app, forget: known.forget }),
      ...installRoutes({ host, installations, app: known.app }),
    ].map(withKey),
    async start(context) {
      await requireKey(context)
      known.begin(context)
    },
    stop: close,
    secrets: () => secretsOf(options.app),
  }

  async function follow({ event, done }: HandlerContext): Promise<Outcome> {
    const { vcs, id } = event.data as { vcs: string; id: number }
    if (vcs !== source) return done()
    const { status, account } = await installations.refresh(known.context(), id)
    return done({ status, account })
  }

  async function reconcile(): Promise<void> {
    const context = known.context()
    await sweepStates(context)
    if ((await known.app(context)) === null) return
    await installations.reconcile(context)
    await redeliver(context)
  }
}

/** The first that is sealed is what signs the way of browsers; without a key it would only fail there. */
async function requireKey({ secrets }: PluginContext): Promise<void> {
  try {
    await secrets.seal('')
  } catch (cause) {
    if (!isPullwrightError(cause) || cause.code !== 'key-required') throw cause
    throw new PullwrightError('key-required', NEEDS_KEY, { cause })
  }
}

const NEEDS_KEY =
  'githubApp() keeps the secrets of the App sealed, and there is no key to seal them with: pass `key` to ' +
  'createPullwright, base64 of 32 bytes (`openssl rand -base64 32`).'

/** For a process that serves these pages and was not started. */
function withKey(route: PluginRoute): PluginRoute {
  return {
    ...route,
    async handle(...call) {
      try {
        return await route.handle(...call)
      } catch (error) {
        if (!isPullwrightError(error) || error.code !== 'key-required') throw error
        return page(503, 'A key is missing', `<p>${escapeHtml(NEEDS_KEY)}</p>`)
      }
    },
  }
}

type KnownApp = ReturnType<typeof knownApp>

/** The App given in code, else the one in the store; and the way to the store, once the plugin was given it. */
function knownApp(given: GitHubAppSecrets | undefined) {
  let started: PluginContext | null = null
  let cached: { app: GitHubAppSecrets; until: number } | null = null

  async function app(context: PluginContext): Promise<GitHubAppSecrets | null> {
    started ??= context
    if (given !== undefined) return given
    if (cached !== null && cached.until > context.now()) return cached.app
    const found = await keptApp(context)
    cached = found === null ? null : { app: found, until: context.now() + CACHE_MS }
    return found
  }
  const current = async () => given ?? (started === null ? null : await app(started))

  return {
    app,
    async credentials(): Promise<GitHubAppCredentials> {
      const found = await current()
      if (found !== null) return found
      const message = 'There is no GitHub App yet: open /github/setup, and call start().'
      throw new PullwrightError('invalid-argument', message)
    },
    async webhookSecrets(): Promise<string[]> {
      const found = await current()
      return found === null ? [] : [found.webhookSecret]
    },
    context(): PluginContext {
      if (started !== null) return started
      throw new PullwrightError('invalid-argument', 'Call start() first: the installations are in the store.')
    },
    begin(context: PluginContext): void {
      started = context
    },
    forget(): void {
      cached = null
    },
    now: () => started?.now() ?? Date.now(),
  }
}

/** GitHub, as the App and as the browser on its way reach it. */
function reach({ features = DEFAULT_FEATURES, apiUrl, transport: given }: GitHubAppOptions, known: KnownApp) {
  const urls = apiUrls(apiUrl)
  const wire = lazyTransport(given)
  const { now } = known
  const parts = { urls, now, transport: createForgeTransport({ transport: wire, clock: { now } }) }
  const rest = createAppClient({ ...parts, identity: async () => appIdentity(await known.credentials()) })
  return {
    host: appHost(urls, parts.transport),
    installations: knownInstallations(rest, needsOf(features).default_permissions, parts),
    redeliver: (context: PluginContext) => redeliverMissed(rest, context),
    close: () => wire.close(),
  }
}

function secretsOf(app: GitHubAppSecrets | undefined): string[] {
  return app === undefined ? [] : [app.privateKey, app.webhookSecret, app.clientSecret]
}

export const githubApp = Object.assign(createGitHubApp, { manifest })
