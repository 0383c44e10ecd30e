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

/** Time to make another one and to have it allowed. */
const SOON_MS = 14 * DAY

interface Credential {
  kind: 'endpoint-secret' | 'integration-credential'
  id: string
  project: string
  name: string | null
  createdAt: number
  expiresAt: number | null
  /** Its age says nothing. */
  renews: boolean
}

/**
 * Warns, as `credential.expiring`, once of each signing secret and stored credential that is 90 days old, and once of each
 * that ends within two weeks.
 */
export async function warnOfOldCredentials(parts: CredentialAgeParts): Promise<void> {
  const now = parts.clock.now()
  for (const credential of await credentialsOf(parts.store)) {
    const { createdAt, expiresAt, renews } = credential
    if (expiresAt !== null && expiresAt - now <= SOON_MS) await warn(parts, credential, { expiresAt })
    if (!renews && now - createdAt >= OLD_MS) await warn(parts, credential, { createdAt })
  }
}

/** Kept beside the event, which may be deleted long before the secret is changed. */
async function warn(
  { store, clock, emit }: CredentialAgeParts,
  { kind, id, project, name, createdAt }: Credential,
  since: { createdAt: number } | { expiresAt: number },
): Promise<void> {
  const [what, value] = 'expiresAt' in since ? [' expiry', since.expiresAt] : ['', since.createdAt]
  const key = `${kind} ${id}${what}`
  if ((await store.documents.get(project, COLLECTION, key))?.value === value) return
  const data = {
    ...{ kind, id, ...(name === null ? {} : { name }), age_days: Math.floor((clock.now() - createdAt) / DAY) },
    ...('expiresAt' in since ? { expires_at: new Date(since.expiresAt).toISOString() } : {}),
  }
  await emit('credential.expiring', data, { project, idempotencyKey: `pullwright:${kind}:${id}${what}:${value}` })
  await store.documents.put({ project, collection: COLLECTION, key, value, at: clock.now() })
}

async function credentialsOf({ endpoints, integrations }: CredentialAgeParts['store']): Promise<Credential[]> {
  const [rows, connections] = await Promise.all([endpoints.list(), integrations.list()])
  const secrets = rows.flatMap(({ id, project, name, secrets: [newest] }): Credential[] =>
    newest === undefined
      ? []
      : [{ kind: 'endpoint-secret', id, project, name, createdAt: newest.createdAt, expiresAt: null, renews: false }],
  )
  const credentials = connections.map(
    ({ id, project, name, credentialCreatedAt, credentialExpiresAt, credentialRenews }): Credential => ({
      kind: 'integration-credential',
      id,
      project,
      name,
      createdAt: credentialCreatedAt,
      expiresAt: credentialExpiresAt ?? null,
      renews: credentialRenews ?? false,
    }),
  )
  return [...secrets, ...credentials]
}
