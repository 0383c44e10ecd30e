import type { Receive } from '../inbound/receive.ts'
import type { Logger } from '../ports/logger.ts'
import type { PluginRoute } from '../ports/plugin.ts'
import type { BacklogRow } from '../ports/store.ts'

/** What the HTTP surface needs of an instance, and nothing more of it. */
export interface PullwrightHttp {
  readonly receive: Receive
  /** This process is alive. Touches nothing outside it. */
  health(): Promise<HealthReport>
  /** This process can do its work. Resolves also when it cannot. */
  ready(): Promise<ReadyReport>
  /** The routes of all plugins. */
  readonly routes: readonly PluginRoute[]
  readonly log: Logger
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
