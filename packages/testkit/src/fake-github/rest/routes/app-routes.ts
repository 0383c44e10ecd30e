import { iso } from '../../graphql/context.ts'
import type { Permissions } from '../../model/permissions.ts'
import { grants, type PermissionLevel, type PermissionName } from '../../model/permissions.ts'
import { Refusal } from '../../model/refusal.ts'
import { type App, type Installation, nameWithOwner, tokenValue, type World } from '../../model/world.ts'
import { simpleUser } from '../bodies/account-bodies.ts'
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
  'POST /app/installations/{installation_id}/access_tokens': (call) => {
    const app = appOf(call)
    const installation = app.installations.find((one) => String(one.id) === call.params.installation_id)
    if (installation === undefined) throw notFound()
    return issueToken(call, app, installation)
  },
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
  })
  const body = {
    token: value,
    expires_at: iso(expiresAt),
    permissions: asked,
    repository_selection: limited ? 'selected' : 'all',
  }
  return { status: 201, body }
}

/** `integration`. */
function appBody(world: World, app: App) {
  const made = iso(app.bot.createdAt)
  return {
    id: app.id,
    slug: app.slug,
    node_id: `A_${app.id}`,
    client_id: `Iv1.${app.id}`,
    owner: simpleUser(world, app.bot),
    name: app.slug,
    description: null,
    external_url: world.webUrl,
    html_url: `${world.webUrl}/apps/${app.slug}`,
    created_at: made,
    updated_at: made,
    permissions: app.installations[0]?.permissions ?? {},
    events: [],
    installations_count: app.installations.length,
  }
}

/** `installation`. */
function installationBody(world: World, app: App, installation: Installation) {
  const made = iso(app.bot.createdAt)
  const url = `${world.apiUrl}/app/installations/${installation.id}`
  return {
    id: installation.id,
    account: simpleUser(world, installation.account),
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.webUrl}/settings/installations/${installation.id}`,
    app_id: app.id,
    target_id: installation.account.databaseId,
    target_type: installation.account.kind,
    repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
    permissions: installation.permissions,
    events: [],
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    app_slug: app.slug,
    suspended_by: null,
    suspended_at: null,
    created_at: made,
    updated_at: made,
    contact_email: null,
  }
}
