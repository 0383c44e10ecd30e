import type { Audit } from '../audit/audit.ts'
import type { EgressGuard } from '../http/egress-guard.ts'
import type { IntegrationRow, Store } from '../ports/store.ts'
import type { RepositoryInspection, Vcs } from '../ports/vcs.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { IntegrationChange, IntegrationDraft } from './integration-schema.ts'

/** A tenant's own connection to a repository, without its credential, which is never shown again. */
export type Integration = Omit<IntegrationRow, 'sealedCredential'>

export interface Integrations {
  /**
   * Seals the credential; needs a `key`. Throws `invalid-argument` with every problem named by path, also for templates,
   * paths, branches and repositories that would only fail with the first deployment, and for a credential that the forge
   * does not know. A forge that does not answer within four seconds holds nothing up.
   */
  create(draft: IntegrationDraft): Promise<Integration>
  list(filter?: { project?: string }): Promise<Integration[]>
  get(id: string): Promise<Integration>
  /**
   * `name`, `base` and `baseUrl` are cleared by null. A new `baseUrl` needs the `credential` in the same call: one host's
   * never goes to another.
   */
  update(id: string, change: IntegrationChange): Promise<Integration>
  /** With the `version` that was read, a newer one is a `conflict`. */
  remove(id: string, options?: { version?: number }): Promise<void>
  /** "Test connection", for one that is saved or a draft that is not. */
  test(idOrDraft: string | IntegrationDraft): Promise<RepositoryInspection>
}

export interface IntegrationParts {
  store: Store
  requireBox: () => SecretBox
  now: () => number
  audit: Audit
  /** The project a call is for, and the one lists are limited to. */
  projectOf: (asked: string | undefined) => string
  project: string | undefined
  connect: (integration: IntegrationRow) => Promise<Vcs>
  /** Refuses a `baseUrl` that would never be reached. */
  guard?: Pick<EgressGuard, 'check'>
}
