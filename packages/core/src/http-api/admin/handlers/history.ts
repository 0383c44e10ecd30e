import type { TaskRecord } from '../../../ports/store.ts'
import type { Handlers, Of } from '../call.ts'
import { attributesOf, given, listed, paged, periodOf } from '../pages.ts'

export const historyHandlers: Handlers<Of<'events'> | Of<'eventTypes'> | Of<'tasks'> | Of<'deployments'>> = {
  'events.list': ({ surface: { events }, query }) => {
    const { type: types, root: rootId, idempotency_key: idempotencyKey } = query
    const filter = { ...given({ types, rootId, idempotencyKey }), ...attributesOf(query), ...periodOf(query) }
    return paged(query, sequenceIn(events), (page) => events.list({ ...filter, ...page }))
  },
  'events.get': async ({ surface, id }) => ({ body: await surface.events.get(id) }),
  'eventTypes.list': ({ surface }) => listed(surface.events.catalog(), null),

  'tasks.list': ({ surface: { tasks }, query }) => {
    const { kind, handler, event: eventId, type: eventTypes, status: statuses } = query
    const filter = {
      ...given({ kind, handler, eventId, eventTypes, statuses }),
      ...attributesOf(query),
      ...periodOf(query),
    }
    return paged(query, sequenceIn(tasks), async (page) => (await tasks.list({ ...filter, ...page })).map(taskView))
  },
  'tasks.get': async ({ surface, id }) => ({ body: taskView(await surface.tasks.get(id)) }),
  'tasks.attempts': async ({ surface, id }) => listed((await surface.tasks.get(id)).history, null),
  'tasks.retry': async ({ surface, id }) => ({ body: taskView(await surface.tasks.retry(id)) }),
  'tasks.cancel': async ({ surface, id }) => ({ body: taskView(await surface.tasks.cancel(id)) }),

  'deployments.list': ({ surface: { deployments, events }, query }) => {
    const { app, environment } = query
    const filter = { ...given({ app, environment }), ...periodOf(query) }
    return paged(query, sequenceIn(events), (page) => deployments.list({ ...filter, ...page }))
  },
  'deployments.get': async ({ surface, id }) => {
    const { tasks, ...deployment } = await surface.deployments.get(id)
    return { body: { ...deployment, tasks: tasks.map(taskView) } }
  },
  'deployments.pullRequests': async ({ surface, id }) => listed((await surface.deployments.get(id)).pullRequests, null),
}

function sequenceIn(view: { get(id: string): Promise<{ sequence: number }> }) {
  return async (id: string) => (await view.get(id)).sequence
}

function taskView<Task extends TaskRecord>(task: Task) {
  const { target } = task
  return target.kind === 'endpoint'
    ? { ...task, kind: target.kind, endpointId: target.endpointId, handler: null }
    : { ...task, kind: target.kind, endpointId: null, handler: target.handler }
}
