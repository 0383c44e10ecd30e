import { iso } from '../../graphql/context.ts'
import type { Permissions } from '../../model/permissions.ts'
import { grants, type PermissionLevel, type PermissionName } from '../../model/permissions.ts'
import { Refusal } from '../../model/refusal.ts'
import {
  type App,
  type HookDelivery,
  type Installation,
  nameWithOwner,
  tokenValue,
  type World,
} from '../../model/world.ts'
import { appBody, installationBody } from '../bodies/app-bodies.ts'
import { repositoryBody } from '../bodies/repository-body.ts'
import { notFound, paged, type RestCall, type RestRoutes, texts } from '../rest-call.ts'

/** Of an installation token: https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app */
const TOKEN_LIFE = 3_600_000

/** These want a JSON Web Token signed with the app's key. */
export const appRoutes: RestRoutes = {
  'GET /app': (call) => ({ status: 200, body: appBody(call.world, appOf(call)) }),
  'GET /app/installations': (call) =>
    paged(call, appOf(call).installations, (one) => installationBody(call.world, appOf(call), one)),
  'GET /repos/{owner}/{repo}/installation': (call) => {
    const app = appOf(call)
    const name = `${call.params.owner}/${call.params.repo}`.toLowerCase()
    const found = app.installations.find((one) => reaches(call.world, one, name))
    if (found === undefined) throw notFound()
    return { status: 200, body: installationBody(call.world, app, found) }
  },
  'GET /app/installations/{installation_id}': (call) => {
    const app = appOf(call)
    return { status: 200, body: installationBody(call.world, app, installationOf(call, app)) }
  },
  'POST /app/installations/{installation_id}/access_tokens': (call) => {
    const app = appOf(call)
    const installation = installationOf(call, app)
    if (installation.suspendedAt !== null) {
      throw new Refusal('FORBIDDEN', 'This installation has been suspended', { status: 403 })
    }
    return issueToken(call, app, installation)
  },
  /** Newest first; the cursor is the id to go on below. */
  'GET /app/hook/deliveries': (call) => {
    const below = Number(call.query.get('cursor') ?? Number.POSITIVE_INFINITY)
    const size = Number(call.query.get('per_page') ?? 30)
    const left = appOf(call)
      .deliveries.filter(({ id }) => id < below)
      .reverse()
    const page = left.slice(0, size)
    const next = new URLSearchParams({ per_page: String(size), cursor: String(page.at(-1)?.id) })
    const headers = left.length > size ? { link: `<${call.url}?${next}>; rel="next"` } : {}
    return { status: 200, body: page.map(hookDeliveryBody), headers }
  },
  'POST /app/hook/deliveries/{delivery_id}/attempts': (call) => {
    const app = appOf(call)
    const found = app.deliveries.find(({ id }) => String(id) === call.params.delivery_id)
    if (found === undefined) throw notFound()
    app.redeliveries.push(found)
    return { status: 202, body: {} }
  },
  /** This one wants the installation's own token. */
  'GET /installation/repositories': (call) => {
    const { world, session } = call
    const { token } = session
    if (token?.installation === undefined) {
      throw new Refusal(
        'FORBIDDEN',
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      )
    }
    const reached = [...world.repositories.values()].filter(
      (one) => token.repositories === 'all' || token.repositories.has(nameWithOwner(one).toLowerCase()),
    )
    const selection = token.installation.repositories === 'all' ? 'all' : 'selected'
    return paged(
      call,
      reached,
      (one) => repositoryBody(world, session, one),
      (repositories) => ({ total_count: reached.length, repository_selection: selection, repositories }),
    )
  },
}

function hookDeliveryBody({ id, guid, at, status, redelivery, installation, sent }: HookDelivery) {
  const { action } = JSON.parse(sent.body) as { action: string }
  return {
    ...{ id, guid, delivered_at: iso(at), redelivery, duration: 0.1, status_code: status, action },
    ...{ status: status < 300 ? 'OK' : 'Bad Gateway', event: sent.headers['x-github-event'] },
    ...{ installation_id: installation.id, repository_id: null, throttled_at: null },
  }
}

function installationOf(call: RestCall, app: App): Installation {
  const found = app.installations.find((one) => String(one.id) === call.params.installation_id)
  if (found === undefined) throw notFound()
  return found
}

function appOf({ app }: RestCall): App {
  if (app !== null) return app
  throw new Refusal('FORBIDDEN', 'A JSON web token could not be decoded', { status: 401 })
}

function reaches(world: World, installation: Installation, name: string): boolean {
  const repository = world.repositories.get(name)
  if (repository === undefined || repository.owner !== installation.account) return false
  return installation.repositories === 'all' || installation.repositories.has(name)
}

/** A token for all the installation reaches, or for less where the body asks for less. */
function issueToken(call: RestCall, app: App, installation: Installation) {
  const { world } = call
  const asked = (call.body.permissions ?? installation.permissions) as Permissions
  const own = [...world.repositories.values()].filter((one) =>
    reaches(world, installation, nameWithOwner(one).toLowerCase()),
  )
  const ids = Array.isArray(call.body.repository_ids) ? call.body.repository_ids : null
  const names = call.body.repositories === undefined ? null : texts(call, 'repositories')
  const chosen = own.filter((one) => (ids?.includes(one.databaseId) ?? true) && (names?.includes(one.name) ?? true))
  const lacking = Object.entries(asked).filter(
    ([name, level]) => !grants(installation.permissions, name as PermissionName, level as PermissionLevel),
  )
  if (lacking.length > 0 || chosen.length < (ids?.length ?? names?.length ?? 0)) {
    const message =
      lacking.length > 0
        ? 'The permissions requested are not granted to this installation.'
        : 'There is at least one repository that does not exist or is not accessible to the parent installation.'
    throw new Refusal('UNPROCESSABLE', message, { restMessage: message })
  }
  const limited = ids !== null || names !== null || installation.repositories !== 'all'
  const value = tokenValue('installation')
  const expiresAt = world.now() + TOKEN_LIFE
  world.tokens.set(value, {
    value,
    kind: 'installation',
    account: app.bot,
    permissions: { metadata: 'read', ...asked },
    repositories: new Set(chosen.map((one) => nameWithOwner(one).toLowerCase())),
    expiresAt,
    revoked: false,
    installation,
  })
  const body = {
    token: value,
    expires_at: iso(expiresAt),
    permissions: asked,
    repository_selection: limited ? 'selected' : 'all',
  }
  return { status: 201, body }
}
