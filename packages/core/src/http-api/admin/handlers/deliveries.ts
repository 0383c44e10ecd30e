import { PullwrightError } from '../../../errors.ts'
import type { Job } from '../../jobs.ts'
import type { Handlers, Of } from '../call.ts'
import { attributesOf, given, listed, paged, periodOf } from '../pages.ts'

export const deliveryHandlers: Handlers<Of<'deliveries'> | 'jobs.get'> = {
  'deliveries.list': ({ surface: { webhooks, tasks }, query }) => {
    const { endpoint, event, type, status } = query
    const filter = { ...given({ endpoint, event, type, status }), ...attributesOf(query), ...periodOf(query) }
    const sequenceOf = async (id: string) => (await tasks.get(id)).sequence
    return paged(query, sequenceOf, (page) => webhooks.deliveries.list({ ...filter, ...page }))
  },
  'deliveries.get': async ({ surface, id }) => ({ body: await surface.webhooks.deliveries.get(id) }),
  'deliveries.attempts': async ({ surface, id }) => {
    const { history } = await surface.webhooks.deliveries.get(id)
    return listed(history, null)
  },
  'deliveries.retry': async ({ surface, id }) => ({ body: await surface.webhooks.deliveries.retry(id) }),
  'deliveries.recover': async ({ surface, http, body }) => {
    const { id, project, enabled } = await surface.webhooks.endpoints.get(body.endpoint)
    if (!enabled) throw new PullwrightError('conflict', `Endpoint ${id} is disabled: enable it first`)
    const { since, until = http.now() + 1 } = periodOf(body)
    const job = await http.admin.jobs.create({
      ...{ project, endpointId: id, since: since ?? 0, until },
      statuses: body.status ?? ['dead', 'cancelled'],
    })
    await surface.audit.record({ action: 'delivery.recover', target: id, details: { job: job.id } })
    return { body: jobView(job), headers: { location: `../jobs/${job.id}` } }
  },
  'jobs.get': async ({ http, caller, id }) => {
    const job = await http.admin.jobs.get(id, caller.project)
    if (job === null) throw new PullwrightError('not-found', `There is no job ${JSON.stringify(id)} in this project`)
    return { body: jobView(job) }
  },
}

function jobView(job: Job) {
  const { endpointId: endpoint, since, until, statuses: status } = job.request
  const times = { since: new Date(since).toISOString(), until: new Date(until).toISOString() }
  return { ...job, request: { endpoint, ...times, status } }
}
