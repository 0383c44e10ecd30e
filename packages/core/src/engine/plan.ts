import type { PreparedEvent } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { EndpointRow, NewTask, SubscriptionRow } from '../ports/store.ts'
import { isBadNewsAbout } from '../webhooks/operational.ts'
import { matchesEndpoint, matchesType, planDelivery } from '../webhooks/plan.ts'
import type { Ready } from './at-once.ts'
import { newId } from './ids.ts'

/** What planning looks at: rows, so that a process plans for handlers that only another one has. */
export interface Targets {
  endpoints: readonly EndpointRow[]
  subscriptions: readonly SubscriptionRow[]
}

export interface Planned {
  tasks: NewTask[]
  /** Those of them that may go out as soon as they are recorded. */
  ready: Ready[]
}

/** One task for each target the event meets. `pseudonymise` is asked once, where an endpoint wants it. */
export function planTasks(
  event: PreparedEvent,
  targets: Targets,
  { dueAt, pseudonymise }: { dueAt: number; pseudonymise: (event: PreparedEvent) => PreparedEvent },
): Planned {
  let made: PreparedEvent | undefined
  const pseudonymised = () => {
    made ??= pseudonymise(event)
    return made
  }
  const tasks: NewTask[] = []
  const ready: Ready[] = []
  for (const endpoint of targets.endpoints) {
    if (!matchesEndpoint(endpoint, event) || isBadNewsAbout(endpoint, event)) continue
    const task = planDelivery(endpoint, event, newId('dlv', event.recordedAt), pseudonymised)
    task.dueAt = dueAt
    tasks.push(task)
    const isDue = dueAt <= event.recordedAt && task.concurrencyKey === null
    if (isDue && endpoint.enabled) ready.push({ task, endpoint })
  }
  for (const subscription of targets.subscriptions) {
    if (matchesType(subscription.on, event.type)) tasks.push(planRun(subscription, event, dueAt))
  }
  return { tasks, ready }
}

function planRun(subscription: SubscriptionRow, event: PreparedEvent, dueAt: number): NewTask {
  const key = subscription.key?.map((path) => textAt(event, path)) ?? null
  return {
    id: newId('tsk', event.recordedAt),
    target: { kind: 'handler', handler: subscription.id },
    dueAt,
    concurrencyKey: key === null ? null : JSON.stringify([subscription.id, ...key]),
    ordered: false,
    supersede: key !== null && subscription.supersede,
    body: null,
  }
}

/** `project` or `data.app_name`: the value there as text, empty where there is none. */
function textAt(event: PreparedEvent, path: string): string {
  let at: unknown = event
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return ''
    at = (at as Record<string, unknown>)[part]
  }
  return typeof at === 'string' ? at : JSON.stringify((at ?? '') as JsonValue)
}
