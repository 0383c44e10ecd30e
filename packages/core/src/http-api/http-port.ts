import type { Audit } from '../audit/audit.ts'
import type { DeploymentsView } from '../engine/deployments-view.ts'
import type { EventsView, TasksView } from '../engine/views.ts'
import type { Receive } from '../inbound/receive.ts'
import type { Integrations } from '../integrations/integrations.ts'
import type { Caller, Capability } from '../ports/caller.ts'
import type { Logger } from '../ports/logger.ts'
import type { PluginRoute } from '../ports/plugin.ts'
import type { BacklogRow } from '../ports/store.ts'
import type { Deliveries } from '../webhooks/deliveries.ts'
import type { Endpoints } from '../webhooks/endpoints.ts'
import type { Answers } from './answers-store.ts'
import type { Jobs } from './jobs.ts'

/** What the HTTP surface needs of an instance, and nothing more of it. */
export interface PullwrightHttp {
  readonly receive: Receive
  /** This process is alive. Touches nothing outside it. */
  health(): Promise<HealthReport>
  /** This process can do its work. Resolves also when it cannot. */
  ready(): Promise<ReadyReport>
  /** The routes of all plugins. */
  readonly routes: readonly ServedRoute[]
  readonly log: Logger
  /** Milliseconds since the epoch. */
  now(): number
  /** Behind the admin API. */
  readonly admin: AdminPort
}

/** A plugin's route that has its plugin's context already. */
export type ServedRoute = Omit<PluginRoute, 'handle'> & {
  handle(request: Request, caller: Caller | null): Promise<Response>
}

export interface AdminPort {
  /** What one tenant has, as far as the caller's capabilities go; the audit log knows the subject. */
  as(caller: Caller): AdminSurface
  readonly sources: readonly { name: string; maxBodyBytes: number }[]
  readonly policies: readonly { name: string; title: string }[]
  readonly jobs: Jobs
  /** Answers to requests that carried an `Idempotency-Key`. */
  readonly answers: Answers
}

export interface AdminSurface {
  readonly webhooks: { readonly endpoints: Endpoints; readonly deliveries: Deliveries }
  readonly events: EventsView
  readonly tasks: TasksView
  readonly deployments: DeploymentsView
  readonly integrations: Integrations
  readonly audit: Audit
  /** Throws `forbidden` where the caller lacks the capability, and notes that. */
  need(capability: Capability, doing: string): Promise<void>
}

export interface HealthReport {
  status: 'ok'
}

export interface ReadyReport {
  ready: boolean
  store: { name: string; reachable: boolean }
  /** Unfinished work by target. `owned` is false where no worker of this process runs such tasks. */
  backlog: (BacklogRow & { owned: boolean })[]
}
