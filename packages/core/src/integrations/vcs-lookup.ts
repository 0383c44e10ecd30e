import { PullwrightError } from '../errors.ts'
import type { VcsLookup } from '../ports/plugin.ts'
import type { IntegrationRow } from '../ports/store.ts'
import type { Transport } from '../ports/transport.ts'
import type { Vcs } from '../ports/vcs.ts'
import type { SecretBox } from '../secrets/secret-box.ts'

/** The oldest is forgotten first; it costs no more than what it remembered of rate limits. */
const MOST_KEPT = 1_000

export interface VcsLookupParts {
  adapters: ReadonlyMap<string, Vcs>
  requireBox: () => SecretBox
  /** What a tenant names always passes the egress guard. */
  guarded: Transport
}

/** Adapters given in code by name, and tenants' own by integration: the same adapter with another credential. */
export function createVcsLookup({ adapters, requireBox, guarded }: VcsLookupParts): VcsLookup {
  const connected = new Map<string, { made: string; vcs: Vcs }>()

  function lookup(adapter: string | Vcs): Vcs
  function lookup(integration: IntegrationRow): Promise<Vcs>
  function lookup(asked: string | Vcs | IntegrationRow): Vcs | Promise<Vcs> {
    if (typeof asked === 'string') return named(asked)
    return 'publishPullRequest' in asked ? asked : connect(asked)
  }
  return lookup

  function named(name: string): Vcs {
    const vcs = adapters.get(name)
    if (vcs) return vcs
    const known = [...adapters.keys()].join(', ') || 'none'
    throw new PullwrightError(
      'not-found',
      `There is no adapter named ${JSON.stringify(name)}; there is: ${known}. Give it to createPullwright({ vcs: [...] })`,
    )
  }

  /** Kept by integration, so that an adapter's memory of rate limits outlives one task. */
  async function connect(integration: IntegrationRow): Promise<Vcs> {
    const { id, vcs: name, baseUrl, sealedCredential } = integration
    // Not by version: of two changes at once only one is stored, and both have the same.
    const made = JSON.stringify([name, baseUrl, sealedCredential])
    const known = connected.get(id)
    if (known?.made === made) return known.vcs
    const base = named(name)
    if (!base.connect) {
      throw new PullwrightError(
        'invalid-argument',
        `The adapter ${base.name} cannot be used with a tenant's own credential`,
      )
    }
    const vcs = base.connect({
      credential: await requireBox().open(sealedCredential),
      ...(baseUrl === null ? {} : { baseUrl, transport: guarded }),
    })
    if (connected.size >= MOST_KEPT) connected.delete(connected.keys().next().value ?? '')
    connected.set(id, { made, vcs })
    return vcs
  }
}
