import type { EventRecord } from '../events/event.ts'
import { auditedVcs, type ForgeNote } from '../integrations/audited-vcs.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { VcsLookup } from '../ports/plugin.ts'
import type { IntegrationRow, Store } from '../ports/store.ts'
import type { Vcs } from '../ports/vcs.ts'

export interface NotedVcsParts {
  vcs: VcsLookup
  store: Store
  now: () => number
  /** Hides secrets. */
  redact: <T>(value: T) => T
}

/** The same adapters; each write they make for an event is noted in its project's audit log. */
export function notedVcs(event: EventRecord, { vcs, store, now, redact }: NotedVcsParts): VcsLookup {
  const actor = actorOf(event)
  const note = async ({ details, ...about }: ForgeNote) => {
    const entry = {
      project: event.project,
      at: now(),
      actor,
      ...about,
      details: redact({ ...details, event: event.id }),
    }
    await store.appendAudit([entry])
  }

  function lookup(name: string | Vcs): Vcs
  function lookup(integration: IntegrationRow): Promise<Vcs>
  function lookup(asked: string | Vcs | IntegrationRow): Vcs | Promise<Vcs> {
    if (typeof asked === 'string') return auditedVcs(vcs(asked), asked, note)
    if (isAdapter(asked)) return auditedVcs(asked, asked.name, note)
    return vcs(asked).then((adapter) => auditedVcs(adapter, asked.id, note))
  }
  return lookup
}

function isAdapter(asked: Vcs | IntegrationRow): asked is Vcs {
  return 'publishPullRequest' in asked
}

/** The host's own word, else whom the event names. */
function actorOf({ subject, data }: EventRecord): string | null {
  if (subject !== null) return subject
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null
  const { deployed_by, requested_by, actor } = data as JsonObject
  return personOf(deployed_by) ?? personOf(requested_by) ?? personOf(actor)
}

function personOf(person: JsonValue | undefined): string | null {
  if (typeof person === 'string') return person
  if (typeof person !== 'object' || person === null || Array.isArray(person)) return null
  const named = person.email ?? person.user_id ?? person.name
  return typeof named === 'string' ? named : null
}
