import type { JsonObject } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'

export interface CredentialAgeParts {
  store: Pick<Store, 'endpoints' | 'integrations' | 'documents'>
  clock: Clock
  emit: (type: string, data: JsonObject, options: { project: string; idempotencyKey: string }) => Promise<unknown>
}

const DAY = 24 * 3_600_000

/** When a secret counts as old: the usual term of rotation (PCI DSS 8.3.9 has the same 90 days for passwords). */
const OLD_MS = 90 * DAY

const COLLECTION = 'pullwright.credential-age'

interface Credential {
  kind: 'endpoint-secret' | 'integration-credential'
  id: string
  project: string
  name: string | null
  createdAt: number
}

/** Warns once of each signing secret and stored credential that is 90 days old, as `credential.expiring`. */
export async function warnOfOldCredentials({ store, clock, emit }: CredentialAgeParts): Promise<void> {
  const now = clock.now()
  for (const credential of await credentialsOf(store)) {
    const { kind, id, project, name, createdAt } = credential
    if (now - createdAt < OLD_MS) continue
    const told = await store.documents.get(project, COLLECTION, `${kind} ${id}`)
    if (told?.value === createdAt) continue
    const data = { kind, id, ...(name === null ? {} : { name }), age_days: Math.floor((now - createdAt) / DAY) }
    await emit('credential.expiring', data, { project, idempotencyKey: `pullwright:${kind}:${id}:${createdAt}` })
    // Kept beside the event, which may be deleted long before the secret is changed.
    await store.documents.put({ project, collection: COLLECTION, key: `${kind} ${id}`, value: createdAt, at: now })
  }
}

async function credentialsOf({ endpoints, integrations }: CredentialAgeParts['store']): Promise<Credential[]> {
  const [rows, connections] = await Promise.all([endpoints.list(), integrations.list()])
  const secrets = rows.flatMap(({ id, project, name, secrets: [newest] }): Credential[] =>
    newest === undefined ? [] : [{ kind: 'endpoint-secret', id, project, name, createdAt: newest.createdAt }],
  )
  const credentials = connections.map(
    ({ id, project, name, credentialCreatedAt }): Credential => ({
      kind: 'integration-credential',
      id,
      project,
      name,
      createdAt: credentialCreatedAt,
    }),
  )
  return [...secrets, ...credentials]
}
