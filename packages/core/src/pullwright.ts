import { type Access, createAccess, narrowed, withAccess } from './access/access.ts'
import { createAudit } from './audit/audit.ts'
import { builtInSchedules } from './built-in-schedules.ts'
import { checkNames } from './check-fields.ts'
import type { Pullwright } from './contract.ts'
import { type Accept, createAccept } from './engine/accept.ts'
import { createDeploymentsView } from './engine/deployments-view.ts'
import { createDispatch } from './engine/dispatch.ts'
import { createEmitter, createObservers, type Emitter } from './engine/emitter.ts'
import { createLifecycle } from './engine/lifecycle.ts'
import { checkName, projectOf } from './engine/names.ts'
import { opening } from './engine/opening.ts'
import { createRecordInbound } from './engine/record-inbound.ts'
import { createSchedules } from './engine/schedules.ts'
import { createSettler } from './engine/settler.ts'
import { createSystemKey } from './engine/system-key.ts'
import { type Bound, createEventsView, createTasksView } from './engine/views.ts'
import type { AnyEventDefinition } from './events/define-event.ts'
import { createEventRegistry } from './events/event-registry.ts'
import { createEgressGuard } from './http/egress-guard.ts'
import { createTransport } from './http/transport.ts'
import { createAdminWork } from './http-api/admin-port.ts'
import { createPullwrightHandler } from './http-api/handler.ts'
import type { PullwrightHttp } from './http-api/http-port.ts'
import { createReceive } from './inbound/receive.ts'
import { integrationsOnCall } from './integrations/integrations-on-call.ts'
import { createVcsLookup } from './integrations/vcs-lookup.ts'
import { learningBox, secretsAtStart } from './known-secrets.ts'
import { memoryStore } from './memory/memory-store.ts'
import {
  checkLimits,
  checkOptionNames,
  consoleLogger,
  noTelemetry,
  type PullwrightOptions,
  systemClock,
} from './options.ts'
import { collectParts, pluginContexts } from './plugin-parts.ts'
import type { PluginContext } from './ports/plugin.ts'
import type { NewEvent } from './ports/store.ts'
import { privacyOnCall } from './privacy/privacy-on-call.ts'
import { redactingLogger } from './redacting-logger.ts'
import { createKnownValues } from './redaction/known-values.ts'
import { redactorKnowing } from './redaction/redactor.ts'
import { prune } from './retention/prune.ts'
import { requireSecretBox } from './secrets/require-secret-box.ts'
import { toSecretBox } from './secrets/secret-box.ts'
import { createDeliver } from './webhooks/deliver.ts'
import { createDeliveries } from './webhooks/deliveries.ts'
import { createEndpoints, type EndpointsParts } from './webhooks/endpoints.ts'
import { createHealth } from './webhooks/health.ts'

export type { Pullwright } from './contract.ts'

/** The one place where everything is put together. Two instances share nothing. */
export function createPullwright<const Own extends readonly AnyEventDefinition[] = readonly []>(
  options: PullwrightOptions<Own> = {},
): Pullwright<Own> {
  checkOptionNames(options)
  const { handlers, sources, scheduled, routes, policies, definitions, adapters, plugins } = collectParts(options)
  const known = createKnownValues(
    secretsAtStart({ options, adapters: adapters.values(), plugins, environment: process.env }),
  )
  const redactor = redactorKnowing(options.redaction ?? {}, known)
  const log = redactingLogger(options.logger ?? consoleLogger, redactor)
  const clock = systemClock(options.clock)
  const { now } = clock
  const limits = checkLimits(options.limits)
  const telemetry = options.telemetry ?? noTelemetry
  const store = options.store ?? memoryStore()
  if (!options.store) {
    log.warn(
      { store: 'memory' },
      'No store was given: events and tasks are kept in memory and do not survive a restart',
    )
  }
  const box = toSecretBox(options.key)
  const learning = learningBox(box, known.learn)
  const requireBox = () => requireSecretBox(learning)
  const registry = createEventRegistry(definitions, { maxDepth: limits.maxDepth, maxBytes: limits.maxConfigBytes })
  const observers = createObservers(log)
  const guard = createEgressGuard(options.egress)
  const guarded = createTransport({ guard })
  const vcs = createVcsLookup({ adapters, requireBox, guarded })
  const noteFor: PluginContext['audit'] = {
    record: ({ details = null, ...note }) =>
      createAudit({ store, clock }).record({ ...note, details: redactor.value(details) }),
  }
  const contextOf = pluginContexts({ store, vcs, log, now, audit: noteFor, secretBox: requireBox })

  const recorded = (events: readonly NewEvent[]) => {
    for (const event of events) observers.tell(event)
    if (events.some(({ tasks }) => tasks.some(({ lease }) => lease === undefined))) dispatch.nudge()
  }
  const hashKey = createSystemKey(store, box, now)
  const accept: Accept = createAccept({
    store,
    registry,
    redactor,
    hashKey,
    now,
    recorded,
    takeAtOnce: (ready) => dispatch.takeAtOnce(ready),
  })
  const health = createHealth({ store, clock, redactor })
  const webhookParts = {
    store,
    clock,
    guard,
    transport: guarded,
    redactor,
    ...(learning ? { secretBox: learning } : {}),
  }
  const { retention } = options
  const builtIn = builtInSchedules({ store, accept, redactor, clock, log, retention })
  const { schedules: adminSchedules, ...admin } = createAdminWork({
    ...{ store, box: learning, now, log, sources, policies },
    open: () => lifecycle.open(),
    hurry: (id) => health.hurry(id),
    nudge: () => dispatch.nudge(),
  })
  const work = new Map([
    ...builtIn,
    ...adminSchedules,
    ...scheduled({ store, accept, vcs, log, now, redact: redactor.value, hashKey }),
  ])
  const schedules = createSchedules(work, { store, clock, log })
  const dispatch = createDispatch(
    {
      store,
      accept,
      settle: createSettler(store),
      recorded,
      handlers,
      handlerParts: {
        check: accept.check,
        store,
        box,
        requireBox,
        vcs,
        redact: redactor.value,
        policies,
        log,
        now,
        stepMemory: new Map(),
        hashKey,
      },
      deliver: createDeliver({ ...webhookParts, random: Math.random }),
      health,
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
  const lifecycle = createLifecycle({
    ...{ store, plugins, handlers, schedules, dispatch, contextOf, log, now, guarded, adapters, hashKey },
  })

  const recordInbound = createRecordInbound({ store, accept })
  const http: PullwrightHttp = {
    receive: createReceive({
      ...{ sources, clock, log },
      record: async (input) => {
        await lifecycle.prepare()
        return recordInbound(input)
      },
    }),
    health: async () => ({ status: 'ok' }),
    ready: () => lifecycle.ready(),
    routes: routes(contextOf, () => lifecycle.open()),
    log,
    now,
    admin: { ...admin, as: (caller) => ({ ...bind({}).as(caller), ...accessOf(caller) }) },
  }
  const handle = createPullwrightHandler({ http: { ...http, routes: [] } })
  return bind({})

  function bind(bound: Bound): Pullwright<Own> {
    const audit = createAudit({ store, clock, ...defined(bound) })
    const access = accessOf(bound)
    const surface = <T extends object>(area: string, calls: T) => withAccess(area, opened(calls), access)
    const parts = { ...webhookParts, health, audit, ...defined(bound) }
    const ready = { ...accept, accept: prepared(accept.accept) }
    const events = createEventsView(store, registry, bound)
    const emitter = createEmitter(ready, observers, bound, telemetry)
    const announce: EndpointsParts['announce'] = ({ type, data, project }) =>
      ready.accept([{ ...accept.check(type, data), project, source: 'pullwright', subject: bound.subject }])
    return {
      emitter: emitter as unknown as Emitter<Own>,
      webhooks: {
        endpoints: surface('endpoints', createEndpoints({ ...parts, announce })),
        deliveries: surface('deliveries', createDeliveries({ ...parts, nudge: dispatch.nudge })),
      },
      events: { ...opened(events), catalog: events.catalog },
      tasks: surface('tasks', createTasksView(store, now, dispatch.nudge, bound, audit)),
      deployments: opened(createDeploymentsView(store, bound)),
      integrations: surface(
        'integrations',
        integrationsOnCall({
          ...{ store, requireBox, now, audit, guard, connect: vcs, project: bound.project },
          projectOf: (asked) => projectOf(asked, bound.project),
        }),
      ),
      audit: opened(audit),
      privacy: surface('privacy', privacyOnCall({ store, clock, audit, hashKey: preparedKey, ...defined(bound) })),
      http,
      as(to) {
        checkNames('as', to, { project: true, subject: true, capabilities: true })
        const { project, subject, capabilities } = to
        return bind({
          project: projectOf(project, bound.project),
          subject: subject === undefined ? bound.subject : checkName('subject', subject),
          capabilities: narrowed(bound, capabilities),
        })
      },
      handler: (request) => handle(request),
      migrate: () => lifecycle.prepare(),
      start: () => lifecycle.start(),
      async drain() {
        await admin.jobs.runDue()
        await lifecycle.drain()
      },
      nudge: () => {
        store.nudge()
        dispatch.nudge()
      },
      async prune(request) {
        checkNames('prune', request, { before: true, project: true })
        const { before, project } = request
        await access.need('manage', 'prune')
        await lifecycle.prepare()
        const all = bound.project === undefined && (project === undefined || project === '*')
        const scope = all ? {} : { project: projectOf(project, bound.project) }
        return { events: await prune(store, { before, ...scope }, { now: now() }) }
      },
      async stop({ timeoutMs = 10_000 } = {}) {
        await admin.jobs.stop()
        await lifecycle.stop(timeoutMs)
      },
    }
  }

  function accessOf(bound: Bound): Access {
    return createAccess(bound, opened(createAudit({ store, clock, ...defined(bound) })))
  }

  function opened<T extends object>(surface: T): T {
    return opening(surface, lifecycle.open)
  }

  async function preparedKey(): Promise<Buffer> {
    await lifecycle.prepare()
    return hashKey()
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
