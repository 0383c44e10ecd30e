import type { Audit } from '../audit/audit.ts'
import type { EgressGuard } from '../http/egress-guard.ts'
import type { JsonObject } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Transport } from '../ports/transport.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointHealth } from './endpoint-health.ts'
import type { EndpointChange, EndpointDraft, EndpointTestDraft, SecretRotation } from './endpoint-schema.ts'
import type { Health } from './health.ts'
import type { EndpointTest } from './test-endpoint.ts'

export interface Endpoints {
  /**
   * Makes an endpoint and answers its secret, this once. Throws `invalid-argument` with every problem named by path,
   * `egress-blocked` for a URL that is never sent to, `key-required` where no key was given to seal the secret with.
   */
  create(draft: EndpointDraft): Promise<Endpoint & { secret: string }>
  /** By creation, oldest first. `project` defaults to `default`; `*` lists every project. */
  list(filter?: { project?: string }): Promise<Endpoint[]>
  get(id: string): Promise<Endpoint>
  /** Changes what is named. `null` takes a name, description, filter, rate limit or concurrency away. */
  update(id: string, change: EndpointChange): Promise<Endpoint>
  /** What is still to be delivered to it is cancelled. With the `version` that was read, a newer one is a `conflict`. */
  remove(id: string, options?: { version?: number }): Promise<void>
  /** How its deliveries went lately, and when it is tried again. */
  health(id: string): Promise<EndpointHealth>
  /** With the `version` that was read, a newer one is a `conflict`. */
  enable(id: string, options?: { version?: number }): Promise<Endpoint>
  /** Its deliveries wait in the queue until it is enabled again. */
  disable(id: string, options?: { reason?: string; version?: number }): Promise<Endpoint>
  /** A new secret, answered this once. The older ones sign too until the overlap is over. */
  rotateSecret(id: string, rotation?: SecretRotation): Promise<Endpoint & { secret: string }>
  /** Sends one `webhook.test` now, past queue and retries, also for an endpoint that is not saved or is disabled. */
  test(idOrDraft: string | EndpointTestDraft): Promise<EndpointTest>
}

export interface EndpointsParts {
  store: Pick<Store, 'endpoints' | 'query' | 'cancel'>
  secretBox?: SecretBox
  clock: Clock
  guard: Pick<EgressGuard, 'check'>
  transport: Pick<Transport, 'send'>
  redactor: Pick<Redactor, 'value' | 'text' | 'url'>
  audit?: Pick<Audit, 'record'>
  /** Bound to one tenant: other tenants' endpoints are not found. */
  project?: string
  random?: () => number
  /** What a person takes in hand begins anew. */
  health?: Pick<Health, 'reset' | 'of'>
  /** Records an operational event. */
  announce?: (event: { type: string; data: JsonObject; project: string }) => Promise<unknown>
}
