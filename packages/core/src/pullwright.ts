import { type Audit, createAudit } from './audit/audit.ts'
import { type Accept, createAccept } from './engine/accept.ts'
import { createDeploymentsView, type DeploymentsView } from './engine/deployments-view.ts'
import { createDispatch } from './engine/dispatch.ts'
import { createEmitter, createObservers, type Emitter, projectOf } from './engine/emitter.ts'
import { createLifecycle } from './engine/lifecycle.ts'
import { createSchedules } from './engine/schedules.ts'
import { createSettler } from './engine/settler.ts'
import { createSystemKey } from './engine/system-key.ts'
import { type Bound, createEventsView, createTasksView, type EventsView, type TasksView } from './engine/views.ts'
import type { AnyEventDefinition } from './events/define-event.ts'
import { createEventRegistry } from './events/event-registry.ts'
import { createEgressGuard } from './http/egress-guard.ts'
import { createTransport } from './http/transport.ts'
import { createPullwrightHandler } from './http-api/handler.ts'
import type { PullwrightHttp } from './http-api/http-port.ts'
import { createReceive } from './inbound/receive.ts'
import { createIntegrations, type Integrations } from './integrations/integrations.ts'
import { createVcsLookup } from './integrations/vcs-lookup.ts'
import { memoryStore } from './memory/memory-store.ts'
import { consoleLogger, DEFAULT_LIMITS, noTelemetry, type PullwrightOptions, systemClock } from './options.ts'
import { collectParts } from './plugin-parts.ts'
import type { NewEvent } from './ports/store.ts'
import { redactingLogger } from './redacting-logger.ts'
import { createRedactor } from './redaction/redactor.ts'
import { requireSecretBox } from './secrets/require-secret-box.ts'
import { toSecretBox } from './secrets/secret-box.ts'
import { createDeliver } from './webhooks/deliver.ts'
import { createDeliveries, type Deliveries } from './webhooks/deliveries.ts'
import { createEndpoints, type Endpoints } from './webhooks/endpoints.ts'

export interface Pullwright<Own extends readonly AnyEventDefinition[] = readonly []> {
  readonly emitter: Emitter<Own>
  readonly webhooks: { readonly endpoints: Endpoints; readonly deliveries: Deliveries }
  readonly events: EventsView
  readonly tasks: TasksView
  readonly deployments: DeploymentsView
  readonly integrations: Integrations
  readonly audit: Audit
  /** What the HTTP adapters mount. */
  readonly http: PullwrightHttp
  /** The same instance, bound to one tenant and actor: other tenants' ids are not found, and the audit log knows who. */
  as(caller: { project: string; subject?: string }): Pullwright<Own>
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
  /** Takes nothing new, waits for what runs (10 s unless told otherwise), puts back the rest. */
  stop(options?: { timeoutMs?: number }): Promise<void>
}

/** The one place where everything is put together. Two instances share nothing. */
export function createPullwright<const Own extends readonly AnyEventDefinition[] = readonly []>(
  options: PullwrightOptions<Own> = {},
): Pullwright<Own> {
  const redactor = createRedactor(options.redaction)
  const log = redactingLogger(options.logger ?? consoleLogger, redactor)
  const clock = systemClock(options.clock)
  const { now } = clock
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const telemetry = options.telemetry ?? noTelemetry
  const store = options.store ?? memoryStore()
  if (!options.store) {
    log.warn(
      { store: 'memory' },
      'No store was given: events and tasks are kept in memory and do not survive a restart',
    )
  }
  const { handlers, sources, scheduled, routes, definitions, adapters, plugins } = collectParts(options)
  const box = toSecretBox(options.key)
  const requireBox = () => requireSecretBox(box)
  const registry = createEventRegistry(definitions, { maxDepth: limits.maxDepth, maxBytes: limits.maxConfigBytes })
  const observers = createObservers(log)
  const guard = createEgressGuard(options.egress)
  const guarded = createTransport({ guard })
  const vcs = createVcsLookup({ adapters, requireBox, guarded })

  const recorded = (events: readonly NewEvent[]) => {
    for (const { tasks: _tasks, order: _order, ...event } of events) observers.tell(event)
    dispatch.nudge()
  }
  const accept: Accept = createAccept({
    store,
    registry,
    redactor,
    hashKey: createSystemKey(store, box, now),
    now,
    recorded,
  })
  const webhookParts = { store, clock, guard, transport: guarded, redactor, ...(box ? { secretBox: box } : {}) }
  const schedules = createSchedules(scheduled({ store, accept, vcs, log, now }), { store, clock, log })
  const dispatch = createDispatch(
    {
      store,
      accept,
      settle: createSettler(store),
      recorded,
      handlers,
      handlerParts: { check: accept.check, store, box, requireBox, vcs, log, now, stepMemory: new Map() },
      deliver: createDeliver({ ...webhookParts, random: Math.random }),
      redactor,
      log,
      clock,
      random: Math.random,
      telemetry,
    },
    schedules,
    {
      concurrency: { first: limits.concurrency, retry: limits.retryConcurrency },
      leaseMs: limits.leaseMs,
      pollMs: limits.pollMs,
    },
  )
  const lifecycle = createLifecycle({ store, plugins, handlers, schedules, dispatch, vcs, log, now, guarded, adapters })

  const http: PullwrightHttp = {
    receive: createReceive({ sources, clock, log, record: recordInbound }),
    health: async () => ({ status: 'ok' }),
    ready: () => lifecycle.ready(),
    routes,
    log,
  }
  const handle = createPullwrightHandler({ http: { ...http, routes: [] } })
  return bind({})

  async function recordInbound(input: Parameters<Parameters<typeof createReceive>[0]['record']>[0]) {
    await lifecycle.prepare()
    const incoming = input.events.map(({ type, data, ...event }) => ({
      project: 'default',
      ...event,
      ...accept.check(type, data),
      source: input.source,
    }))
    const result = await accept.accept(incoming, { receipt: input.receipt })
    return result.status === 'recorded' ? result : { status: 'duplicate' as const, eventId: result.eventId }
  }

  function bind(bound: Bound): Pullwright<Own> {
    const audit = createAudit({ store, clock, ...defined(bound) })
    const parts = { ...webhookParts, audit, ...defined(bound) }
    const emitter = createEmitter({ ...accept, accept: prepared(accept.accept) }, observers, bound)
    return {
      emitter: emitter as unknown as Emitter<Own>,
      webhooks: {
        endpoints: createEndpoints(parts),
        deliveries: createDeliveries({ ...parts, nudge: dispatch.nudge }),
      },
      events: createEventsView(store, registry, bound),
      tasks: createTasksView(store, now, dispatch.nudge, bound),
      deployments: createDeploymentsView(store, bound),
      integrations: createIntegrations({
        store,
        requireBox,
        now,
        audit,
        projectOf: (asked) => projectOf(asked, bound.project),
        project: bound.project,
        subject: bound.subject,
        connect: vcs,
      }),
      audit,
      http,
      as: ({ project, subject }) =>
        bind({ project: projectOf(project, bound.project), subject: subject ?? bound.subject }),
      handler: (request) => handle(request),
      migrate: () => store.migrate(),
      start: () => lifecycle.start(),
      drain: () => lifecycle.drain(),
      nudge: () => {
        store.nudge()
        dispatch.nudge()
      },
      stop: ({ timeoutMs = 10_000 } = {}) => lifecycle.stop(timeoutMs),
    }
  }

  /** Events are planned against subscriptions, so these are written before the first one is accepted. */
  function prepared(run: Accept['accept']): Accept['accept'] {
    return async (...args) => {
      await lifecycle.prepare()
      return run(...args)
    }
  }
}

function defined(bound: Bound): { project?: string; subject?: string } {
  return {
    ...(bound.project === undefined ? {} : { project: bound.project }),
    ...(bound.subject === undefined ? {} : { subject: bound.subject }),
  }
}
