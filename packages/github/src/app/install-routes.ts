import { type Caller, isVcsError, type PluginContext, type PluginRoute } from '@pullwright/core'
import type { AppHost } from './app-host.ts'
import { installationCredential } from './app-identity.ts'
import { noteApp } from './app-note.ts'
import type { KnownInstallation, KnownInstallations } from './known-installations.ts'
import { escapeHtml, page } from './pages.ts'
import { staleLink } from './setup-routes.ts'
import { issueState, redeemState } from './setup-state.ts'
import type { GitHubAppSecrets } from './stored-app.ts'

export interface InstallParts {
  host: AppHost
  installations: KnownInstallations
  app: (context: PluginContext) => Promise<GitHubAppSecrets | null>
}

type Handle = (
  parts: InstallParts & { known: GitHubAppSecrets; caller: Caller; query: URLSearchParams; context: PluginContext },
) => Promise<Response>

/** Installing the App for a project, and what it has. */
export function installRoutes(parts: InstallParts): PluginRoute[] {
  const route = (path: string, handle: Handle): PluginRoute => ({
    ...{ method: 'GET', path, access: 'manage' },
    async handle(request, caller, context) {
      const known = await parts.app(context)
      if (caller === null || known === null) {
        return page(409, 'No GitHub App yet', '<p><a href="setup">Set it up first.</a></p>')
      }
      return handle({ ...parts, known, caller, context, query: new URL(request.url).searchParams })
    },
  })
  return [route('/github/install', begin), route('/github/installed', finish), route('/github/installations', list)]
}

const begin: Handle = async ({ host, known, caller: { project, subject }, context }) => {
  const state = await issueState(context, { purpose: 'install', project, subject })
  const location = `${host.web}/apps/${encodeURIComponent(known.slug)}/installations/new?state=${state}`
  return new Response(null, { status: 302, headers: { location } })
}

/** GitHub's documents warn that anybody can open this address with any number: the person's own sign-in decides. */
const finish: Handle = async ({ host, installations, known, caller, query, context }) => {
  const id = Number(query.get('installation_id'))
  if (query.get('setup_action') === 'request') {
    return page(
      200,
      'Asked for',
      '<p>An owner of the organisation has to agree. <a href="install">Come back</a> then.</p>',
    )
  }
  const state = await redeemState(context, 'install', query.get('state'))
  const begun = state !== null && state.project === caller.project && state.subject === caller.subject
  if (!begun || !Number.isSafeInteger(id) || id <= 0) return staleLink('install')
  const installing = { action: 'github-app.install', target: String(id) } as const
  const via = `app ${known.appId}`
  const onKept = (error: unknown) =>
    context.log.warn({ error: error instanceof Error ? error.message : String(error) }, "A person's token lives on")
  try {
    if (!(await host.sees(known, query.get('code') ?? '', id, onKept))) {
      await noteApp(context, caller, { ...installing, result: 'failed' }, { via, reason: 'GitHub does not show it' })
      return page(
        403,
        'Not yours',
        '<p>GitHub does not show you this installation. <a href="install">Start again.</a></p>',
      )
    }
    const found = await installations.refresh(context, id)
    await installations.bind(context, id, caller.project)
    const { account, repositories } = found
    await noteApp(context, caller, { ...installing, result: 'ok' }, { via, account, repositories })
    context.log.info({ installation: id, project: caller.project, by: caller.subject }, 'A GitHub App was installed')
    const items = repositories.map((name) => `<li>${escapeHtml(name)}</li>`).join('')
    return page(200, `Installed on ${account}`, `<ul>${items}</ul>`)
  } catch (error) {
    if (!isVcsError(error)) throw error
    await noteApp(context, caller, { ...installing, result: 'failed' }, { via, error: error.message })
    return page(502, 'GitHub did not answer', `<p>${escapeHtml(error.message)}</p>`)
  }
}

const list: Handle = async ({ installations, known, caller, context }) => {
  const found = await installations.list(context, caller.project)
  return Response.json({ data: found.map((one) => shown(one, known)) })
}

/** With what an integration of this project takes for its credential. */
function shown({ projects: _others, ...one }: KnownInstallation, app: GitHubAppSecrets) {
  return { ...one, credential: one.status === 'removed' ? null : installationCredential(app, one.id) }
}
