import { PullwrightError } from '../errors.ts'
import type { ReadyReport } from '../http-api/http-port.ts'
import type { Logger } from '../ports/logger.ts'
import type { Handler, Plugin, PluginContext } from '../ports/plugin.ts'
import type { Store, SubscriptionRow } from '../ports/store.ts'
import type { Transport } from '../ports/transport.ts'
import type { Vcs } from '../ports/vcs.ts'
import type { Dispatch } from './dispatch.ts'
import { messageOf } from './judge.ts'
import type { Schedules } from './schedules.ts'

export interface LifecycleParts {
  store: Store
  plugins: readonly Plugin[]
  handlers: ReadonlyMap<string, { plugin: string; handler: Handler }>
  adapters: ReadonlyMap<string, Vcs>
  schedules: Schedules
  dispatch: Dispatch
  contextOf: (plugin: string) => PluginContext
  guarded: Transport
  log: Logger
  now: () => number
  /** Makes the store's own key where there is none yet. */
  hashKey: () => Promise<unknown>
}

export interface Lifecycle {
  /** The schema, and what the handlers here listen to. Once; called before anything is recorded. */
  prepare(): Promise<void>
  /** The same for those who look or configure: once prepared they may also after `stop()`, as far as the store lets them. */
  open(): Promise<void>
  start(): Promise<void>
  drain(): Promise<void>
  stop(timeoutMs: number): Promise<void>
  ready(): Promise<ReadyReport>
}

export function createLifecycle(parts: LifecycleParts): Lifecycle {
  const { store, plugins, handlers, schedules, dispatch } = parts
  let preparing: Promise<void> | null = null
  let starting: Promise<void> | null = null
  let stopped: Promise<void> | null = null
  const running = new Set<Plugin>()

  return {
    prepare,
    open: () => preparing ?? prepare(),
    async start() {
      await run()
      dispatch.start()
    },
    async drain() {
      await run()
      await dispatch.drain()
    },
    stop(timeoutMs) {
      stopped ??= halt(timeoutMs)
      return stopped
    },
    ready,
  }

  function prepare(): Promise<void> {
    if (stopped) return Promise.reject(stoppedError())
    preparing ??= migrateAndSubscribe().catch((error) => {
      preparing = null
      throw error
    })
    return preparing
  }

  async function migrateAndSubscribe(): Promise<void> {
    await store.migrate()
    // Now, not with the first event: that may be in a transaction of the host, whose lock a write beside it waits for.
    await parts.hashKey()
    for (const [name, { handler }] of handlers) await subscribe(name, handler)
    await schedules.register()
  }

  /** Several processes may write the same subscription: whoever comes second finds it equal, or tries again. */
  async function subscribe(id: string, handler: Handler): Promise<void> {
    for (;;) {
      const known = await store.subscriptions.get(id)
      const now = parts.now()
      const row: SubscriptionRow = {
        id,
        project: '*',
        version: (known?.version ?? 0) + 1,
        createdAt: known?.createdAt ?? now,
        updatedAt: now,
        on: [...handler.on],
        key: handler.key ? [...handler.key] : null,
        supersede: handler.supersede ?? false,
        needs: [...(handler.needs ?? [])],
      }
      if (known && sameSubscription(known, row)) return
      if (await store.subscriptions.put(row)) return
    }
  }

  function run(): Promise<void> {
    if (stopped) return Promise.reject(stoppedError())
    starting ??= startPlugins().catch((error) => {
      starting = null
      throw error
    })
    return starting
  }

  async function startPlugins(): Promise<void> {
    await prepare()
    for (const plugin of plugins) {
      if (stopped) throw stoppedError()
      if (running.has(plugin)) continue
      await plugin.start?.(parts.contextOf(plugin.name))
      running.add(plugin)
    }
    if (stopped) throw stoppedError()
  }

  /** Only what was started is stopped, the last one first. */
  async function halt(timeoutMs: number): Promise<void> {
    await preparing?.catch(() => {})
    await starting?.catch(() => {})
    await dispatch.stop(timeoutMs)
    for (const plugin of [...running].reverse()) {
      try {
        await plugin.stop?.()
      } catch (error) {
        parts.log.error({ plugin: plugin.name, error: messageOf(error) }, 'A plugin failed to stop')
      }
    }
    await Promise.all([...parts.adapters.values()].map((vcs) => vcs.close?.()))
    await parts.guarded.close()
    await store.close()
  }

  async function ready(): Promise<ReadyReport> {
    try {
      const rows = await store.query.backlog(parts.now())
      const backlog = rows.map((row) => ({ ...row, owned: row.target === 'endpoint' || handlers.has(row.target) }))
      return { ready: stopped === null, store: { name: store.name, reachable: true }, backlog }
    } catch (error) {
      parts.log.error({ error: messageOf(error) }, 'The store does not answer')
      return { ready: false, store: { name: store.name, reachable: false }, backlog: [] }
    }
  }
}

function stoppedError(): PullwrightError {
  return new PullwrightError('stopped', 'This Pullwright was stopped; create a new one')
}

function sameSubscription(a: SubscriptionRow, b: SubscriptionRow): boolean {
  const shape = ({ on, key, supersede, needs }: SubscriptionRow) => JSON.stringify([on, key, supersede, needs])
  return shape(a) === shape(b)
}
