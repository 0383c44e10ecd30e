import type { Audit } from './audit/audit.ts'
import type { DeploymentsView } from './engine/deployments-view.ts'
import type { Emitter } from './engine/emitter.ts'
import type { EventsView, TasksView } from './engine/views.ts'
import type { AnyEventDefinition } from './events/define-event.ts'
import type { PullwrightHttp } from './http-api/http-port.ts'
import type { Integrations } from './integrations/integrations.ts'
import type { Capability } from './ports/caller.ts'
import type { Privacy } from './privacy/privacy.ts'
import type { PruneRequest } from './retention/prune.ts'
import type { Deliveries } from './webhooks/deliveries.ts'
import type { Endpoints } from './webhooks/endpoints.ts'

/** What a host holds in its hands. */
export interface Pullwright<Own extends readonly AnyEventDefinition[] = readonly []> {
  readonly emitter: Emitter<Own>
  readonly webhooks: { readonly endpoints: Endpoints; readonly deliveries: Deliveries }
  readonly events: EventsView
  readonly tasks: TasksView
  readonly deployments: DeploymentsView
  readonly integrations: Integrations
  readonly audit: Audit
  /** What is kept on a person: to be handed out or deleted. */
  readonly privacy: Privacy
  /** What the HTTP adapters mount. */
  readonly http: PullwrightHttp
  /**
   * The same instance, bound to one tenant and actor: other tenants' ids are not found, and the audit log knows who.
   * With `capabilities` the actor may do what the admin API would let them; the rest throws `forbidden`. Where none are
   * said, a `subject` may do everything but configure integrations, which needs `manage`; without a `subject` it is the
   * host itself that acts, and may do all. Bound once more it may do less, never more.
   */
  as(caller: { project: string; subject?: string; capabilities?: readonly Capability[] }): Pullwright<Own>
  /** Hooks and health: `POST /hooks/:source`, `GET /healthz`, `GET /readyz`. */
  handler(request: Request): Promise<Response>
  /** Creates or upgrades the store's schema. */
  migrate(): Promise<void>
  /** Begins to dispatch. Keeps the process alive until `stop()`. */
  start(): Promise<void>
  /** Runs until nothing is due: for scripts, tests and serverless. */
  drain(): Promise<void>
  /** Something may be due: call it after a commit of your own. */
  nudge(): void
  /**
   * Deletes events older than `before` whose work has ended, in batches; answers how many. Of every project, unless one
   * is named or bound. The option `retention` does it by itself.
   */
  prune(request: PruneRequest): Promise<{ events: number }>
  /** Takes nothing new, waits for what runs (10 s unless told otherwise), puts back the rest. */
  stop(options?: { timeoutMs?: number }): Promise<void>
}
