import { iso } from '../../graphql/context.ts'
import type { App, Installation, World } from '../../model/world.ts'
import { simpleUser } from './account-bodies.ts'

/** `integration`. */
export function appBody(world: World, app: App) {
  const made = iso(app.bot.createdAt)
  return {
    id: app.id,
    slug: app.slug,
    node_id: `A_${app.id}`,
    client_id: app.clientId,
    owner: simpleUser(world, app.owner),
    name: app.slug,
    description: null,
    external_url: world.webUrl,
    html_url: `${world.webUrl}/apps/${app.slug}`,
    created_at: made,
    updated_at: made,
    permissions: app.permissions,
    events: app.events,
    installations_count: app.installations.length,
  }
}

/** `installation`. */
export function installationBody(world: World, app: App, installation: Installation) {
  const url = `${world.apiUrl}/app/installations/${installation.id}`
  const { suspendedAt } = installation
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
    events: app.events,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    app_slug: app.slug,
    suspended_by: suspendedAt === null ? null : simpleUser(world, installation.account),
    suspended_at: suspendedAt === null ? null : iso(suspendedAt),
    created_at: iso(app.bot.createdAt),
    updated_at: iso(installation.updatedAt),
    contact_email: null,
  }
}
