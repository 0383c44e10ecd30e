import type { JsonObject, JsonValue } from '../json.ts'
import type { Store } from '../ports/store.ts'

/** Events that link to one pull request. More than the projects that share it. */
const LOOKED_AT = 50

/**
 * Whose a forge's event is: of the projects that published this pull request, else of those with an integration for its
 * repository, else `default`. One webhook of one repository may concern several tenants.
 */
export async function concernedProjects(store: Store, data: JsonValue): Promise<string[]> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [DEFAULT]
  const { vcs, repository, url } = data as JsonObject
  if (typeof vcs !== 'string' || typeof repository !== 'string') return [DEFAULT]
  if (typeof data.number === 'number' && typeof url === 'string') {
    const publishers = await publishersOf(store, url)
    if (publishers.length > 0) return publishers
  }
  const rows = await store.integrations.list()
  const own = rows.filter(
    (row) => row.enabled && row.vcs === vcs && row.repository.toLowerCase() === repository.toLowerCase(),
  )
  return own.length === 0 ? [DEFAULT] : [...new Set(own.map(({ project }) => project))]
}

const DEFAULT = 'default'

/** Of the events about a pull request only ours were caused by a task. */
async function publishersOf(store: Store, url: string): Promise<string[]> {
  const types = ['pull_request.opened', 'pull_request.updated']
  const events = await store.query.events({ types, attributes: { url }, limit: LOOKED_AT })
  return [...new Set(events.filter(({ causedBy }) => causedBy !== null).map(({ project }) => project))]
}
