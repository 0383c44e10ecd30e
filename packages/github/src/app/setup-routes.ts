import { type Caller, isVcsError, type PluginContext, type PluginRoute } from '@pullwright/core'
import type { AppHost } from './app-host.ts'
import { noteApp } from './app-note.ts'
import type { GitHubAppManifest } from './manifest.ts'
import { escapeHtml, page } from './pages.ts'
import { issueState, redeemState } from './setup-state.ts'
import { type GitHubAppSecrets, keepApp } from './stored-app.ts'

export interface SetupParts {
  host: AppHost
  manifest: GitHubAppManifest
  organization: string | undefined
  maySetUp: (caller: Caller) => boolean | Promise<boolean>
  app: (context: PluginContext) => Promise<GitHubAppSecrets | null>
  /** The App is another one now. */
  forget: () => void
}

const SET_UP = { action: 'github-app.set-up' } as const

/** Making the App: a form that GitHub gets, and the code that it answers with. */
export function setupRoutes(parts: SetupParts): PluginRoute[] {
  return [
    { method: 'GET', path: '/github/setup', access: 'manage', handle: (...call) => begin(parts, ...call) },
    // Anybody may come here: the signed state says who began.
    { method: 'GET', path: '/github/callback', access: 'public', handle: (...call) => finish(parts, ...call) },
  ]
}

async function begin(
  { host, manifest: form, organization, maySetUp, app }: SetupParts,
  request: Request,
  caller: Caller | null,
  context: PluginContext,
): Promise<Response> {
  if (caller === null) return page(403, 'Not for this project', '')
  if (!(await maySetUp(caller))) {
    await noteApp(
      context,
      caller,
      { ...SET_UP, target: form.name, result: 'failed' },
      { reason: 'not for this project' },
    )
    return page(403, 'Not for this project', '<p>The GitHub App is set up by whoever runs this installation.</p>')
  }
  const query = new URL(request.url).searchParams
  const known = await app(context)
  if (known !== null && query.get('replace') !== 'yes') {
    const text = `The App ${known.slug} is set up already. Open this page with ?replace=yes to put another in its place.`
    return page(409, 'There is a GitHub App', `<p>${escapeHtml(text)}</p>`)
  }
  const owner = query.get('organization') ?? organization
  const { project, subject } = caller
  const state = await issueState(context, { purpose: 'setup', project, subject })
  const place = owner === undefined ? '' : `/organizations/${encodeURIComponent(owner)}`
  const action = `${host.web}${place}/settings/apps/new?state=${state}`
  const field = `<input type="hidden" name="manifest" value="${escapeHtml(JSON.stringify(form))}">`
  const html = `<form method="post" action="${escapeHtml(action)}">${field}<button>Create the GitHub App</button></form>`
  return page(200, 'Set up the GitHub App', html, new URL(host.web).origin)
}

async function finish(
  { host, manifest: form, forget }: SetupParts,
  request: Request,
  _caller: Caller | null,
  context: PluginContext,
): Promise<Response> {
  const query = new URL(request.url).searchParams
  const code = query.get('code') ?? ''
  const state = await redeemState(context, 'setup', query.get('state'))
  if (state === null || code === '') return staleLink('setup')
  try {
    const app = await host.convert(code)
    await keepApp(context, app)
    forget()
    await noteApp(
      context,
      state,
      { ...SET_UP, target: app.slug, result: 'ok' },
      { via: `app ${app.appId}`, permissions: form.default_permissions },
    )
    context.log.info({ app: app.slug, by: state.subject }, 'A GitHub App was set up')
    return page(200, 'The GitHub App is ready', '<p><a href="install">Install it on your repositories.</a></p>')
  } catch (error) {
    if (!isVcsError(error)) throw error
    await noteApp(context, state, { ...SET_UP, target: form.name, result: 'failed' }, { error: error.message })
    return page(502, 'GitHub did not hand over the App', `<p>${escapeHtml(error.message)}</p>`)
  }
}

export function staleLink(start: string): Response {
  const text = `This link was used already, is older than an hour, or did not begin here. <a href="${start}">Start again.</a>`
  return page(400, 'Start again', `<p>${text}</p>`)
}
