import type { Accept } from './engine/accept.ts'
import { concernedProjects } from './engine/concerned-projects.ts'
import { pluginDocuments } from './engine/plugin-storage.ts'
import { pseudonymKey } from './engine/pseudonyms.ts'
import type { ScheduledWork } from './engine/schedules.ts'
import { searchEvents } from './engine/search-events.ts'
import { PullwrightError } from './errors.ts'
import type { AnyEventDefinition } from './events/define-event.ts'
import type { ServedRoute } from './http-api/http-port.ts'
import { type PullwrightOptions, positive } from './options.ts'
import type { Logger } from './ports/logger.ts'
import type { Handler, Plugin, PluginContext, Schedule, ScheduleEmit, VcsLookup } from './ports/plugin.ts'
import type { Policy } from './ports/policy.ts'
import type { InboundSource } from './ports/source.ts'
import type { Store } from './ports/store.ts'
import type { Vcs } from './ports/vcs.ts'
import type { SecretBox } from './secrets/secret-box.ts'

export interface CollectedParts {
  plugins: readonly Plugin[]
  /** By full name, `plugin/handler`. */
  handlers: ReadonlyMap<string, { plugin: string; handler: Handler }>
  sources: ReadonlyMap<string, InboundSource>
  /** `open` is awaited before each answer: routes read and write documents. */
  routes: (contextOf: ContextOf, open: () => Promise<void>) => readonly ServedRoute[]
  policies: readonly Policy[]
  definitions: readonly AnyEventDefinition[]
  adapters: ReadonlyMap<string, Vcs>
  scheduled: (parts: ScheduleParts) => ReadonlyMap<string, ScheduledWork>
}

export type ContextOf = (plugin: string) => PluginContext

/** What each plugin is given outside of any project. */
export function pluginContexts({
  store,
  secretBox,
  ...common
}: Pick<PluginContext, 'log' | 'vcs' | 'now' | 'audit'> & { store: Store; secretBox: () => SecretBox }): ContextOf {
  return (plugin) => ({
    ...common,
    documents: pluginDocuments(store, '*', plugin, common.now),
    secrets: { seal: async (text) => secretBox().seal(text), open: async (text) => secretBox().open(text) },
  })
}

interface ScheduleParts {
  store: Store
  accept: Accept
  vcs: VcsLookup
  log: Logger
  now: () => number
  redact: <T>(value: T) => T
  hashKey: () => Promise<Buffer>
}

/** Everything plugins and adapters bring, checked: names must be well formed and unique. */
export function collectParts(options: PullwrightOptions): CollectedParts {
  const plugins = options.plugins ?? []
  const adapters = unique('adapter', options.vcs ?? [], (vcs) => vcs.name)
  unique('plugin', plugins, (plugin) => plugin.name)
  if (plugins.some(({ name }) => name === 'pullwright')) {
    throw new PullwrightError('invalid-argument', 'The name `pullwright` is taken; give the plugin another `name`')
  }
  for (const part of [...plugins, ...adapters.values()]) {
    if (part.apiVersion !== 1) {
      throw new PullwrightError(
        'invalid-argument',
        `${part.name} is made for another version of Pullwright's plugin API`,
      )
    }
  }
  const sources = [
    ...(options.sources ?? []),
    ...plugins.flatMap((plugin) => plugin.sources ?? []),
    ...[...adapters.values()].flatMap(sourceOf),
  ]
  return {
    plugins,
    handlers: new Map(plugins.flatMap(handlersOf)),
    sources: unique('source', sources, (source) => source.name),
    routes: (contextOf, open) => plugins.flatMap((plugin) => routesOf(plugin, contextOf, open)),
    policies: plugins.flatMap(({ policies = [] }) => policies),
    definitions: [...(options.events ?? []), ...plugins.flatMap(({ events = [] }) => events)],
    adapters,
    scheduled: (parts) => new Map(plugins.flatMap((plugin) => schedulesOf(plugin, parts))),
  }
}

function handlersOf(plugin: Plugin): [string, { plugin: string; handler: Handler }][] {
  return Object.entries(plugin.handlers ?? {}).map(([name, handler]) => {
    if (handler.on.length === 0) {
      throw new PullwrightError(
        'invalid-argument',
        `Handler ${plugin.name}/${name} listens to nothing; name event types in \`on\``,
      )
    }
    return [`${plugin.name}/${name}`, { plugin: plugin.name, handler }]
  })
}

function routesOf({ name, routes = [] }: Plugin, contextOf: ContextOf, open: () => Promise<void>): ServedRoute[] {
  return routes.map((route) => ({
    ...route,
    async handle(request, caller) {
      await open()
      return route.handle(request, caller, contextOf(name))
    },
  }))
}

function schedulesOf(plugin: Plugin, parts: ScheduleParts): [string, ScheduledWork][] {
  return Object.entries(plugin.schedules ?? {}).map(([name, schedule]) => [
    `${plugin.name}/${name}`,
    {
      everyMs: positive(`${plugin.name}/${name}: everyMs`, schedule.everyMs),
      run: (signal) => runSchedule(plugin.name, schedule, signal, parts),
    },
  ])
}

function runSchedule(plugin: string, schedule: Schedule, signal: AbortSignal, parts: ScheduleParts): Promise<void> {
  const { store, accept, vcs, log, now, redact, hashKey } = parts
  const emit: ScheduleEmit = async (type, data, { project = 'default', idempotencyKey } = {}) => {
    const projects = typeof project === 'string' ? [project] : await concernedProjects(store, data)
    const result = await accept.accept(
      projects.map((one) => ({ ...accept.check(type, data), project: one, source: plugin, idempotencyKey })),
    )
    const events = result.status === 'recorded' ? result.events : []
    const told = events.find(({ status }) => status === 'recorded') ?? events[0]
    if (!told) throw new PullwrightError('store', 'The store did not say what became of the event')
    return told
  }
  return schedule.run({
    ...{ signal, log, vcs, emit, redact, documents: pluginDocuments(store, '*', plugin, now) },
    integrations: () => store.integrations.list(),
    pseudonymKey: async (project) => pseudonymKey(await hashKey(), project),
    events: ({ project, ...search }) => searchEvents(store, project, search),
  })
}

function sourceOf(vcs: Vcs): InboundSource[] {
  return vcs.source ? [vcs.source] : []
}

const NAME = /^[a-z][a-z0-9-]*$/

function unique<T>(what: string, things: readonly T[], nameOf: (thing: T) => string): Map<string, T> {
  const byName = new Map<string, T>()
  for (const thing of things) {
    const name = nameOf(thing)
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new PullwrightError(
        'invalid-argument',
        `The ${what} name ${JSON.stringify(name)} must be lower case letters, digits and "-"`,
      )
    }
    if (byName.has(name)) {
      throw new PullwrightError('invalid-argument', `Two ${what}s are named ${name}; give one of them another \`name\``)
    }
    byName.set(name, thing)
  }
  return byName
}
