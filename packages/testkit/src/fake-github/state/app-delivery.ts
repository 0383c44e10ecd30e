import { createHmac, randomUUID } from 'node:crypto'
import type { Repository } from '../model/entities.ts'
import { type App, type Installation, nameWithOwner, type World } from '../model/world.ts'
import { simpleUser } from '../rest/bodies/account-bodies.ts'
import { installationBody } from '../rest/bodies/app-bodies.ts'

export type InstallationAction =
  | 'created'
  | 'deleted'
  | 'suspend'
  | 'unsuspend'
  | 'new_permissions_accepted'
  | 'added'
  | 'removed'

export interface AppDelivery {
  headers: Record<string, string>
  body: string
}

/** https://docs.github.com/webhooks/webhook-events-and-payloads#installation and #installation_repositories */
export function deliveryOf(
  world: World,
  app: App,
  installation: Installation,
  action: InstallationAction,
  reached: readonly Repository[],
): AppDelivery {
  const about = action === 'added' || action === 'removed'
  const repositories = reached.map((one) => ({
    ...{ id: one.databaseId, node_id: one.id, name: one.name },
    ...{ full_name: nameWithOwner(one), private: one.private },
  }))
  const named = about
    ? {
        repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
        repositories_added: action === 'added' ? repositories : [],
        repositories_removed: action === 'removed' ? repositories : [],
        requester: null,
      }
    : { repositories }
  const sender = simpleUser(world, installation.account)
  const body = JSON.stringify({ action, installation: installationBody(world, app, installation), ...named, sender })
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/fake',
      'x-github-event': about ? 'installation_repositories' : 'installation',
      'x-github-delivery': randomUUID(),
      'x-github-hook-installation-target-type': 'integration',
      'x-github-hook-installation-target-id': String(app.id),
      'x-hub-signature-256': `sha256=${createHmac('sha256', app.webhookSecret).update(body).digest('hex')}`,
    },
  }
}
