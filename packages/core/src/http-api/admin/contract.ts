import type { z } from 'zod'
import type { OperationId } from '../operations.ts'
import * as deployments from './schemas/deployment.ts'
import * as endpoints from './schemas/endpoint.ts'
import * as events from './schemas/event.ts'
import * as integrations from './schemas/integration.ts'
import * as service from './schemas/service.ts'
import * as work from './schemas/work.ts'

/** What an operation takes and answers; both are checked. */
export interface OperationContract {
  summary: string
  query?: z.ZodObject
  body?: z.ZodType
  /** Absent: the answer has no body. */
  response?: z.ZodType
}

/** The admin API. The OpenAPI document, the checks and the types of the client are made from it. */
export const CONTRACT = {
  'endpoints.list': {
    summary: 'Lists endpoints, oldest first.',
    query: endpoints.endpointQuery,
    response: endpoints.endpointPage,
  },
  'endpoints.create': {
    summary: 'Makes an endpoint. The answer shows its secret, this once.',
    body: endpoints.endpointDraft,
    response: endpoints.endpointWithSecret,
  },
  'endpoints.testDraft': {
    summary: 'Sends one test delivery to an endpoint that is not saved.',
    body: endpoints.endpointTestDraft,
    response: endpoints.endpointTest,
  },
  'endpoints.get': { summary: 'Shows an endpoint.', response: endpoints.endpoint },
  'endpoints.update': {
    summary: 'Changes what is named. Null takes a name, description, filter, rate limit or concurrency away.',
    body: endpoints.endpointChange,
    response: endpoints.endpoint,
  },
  'endpoints.remove': { summary: 'Removes an endpoint. What is still to be delivered to it is cancelled.' },
  'endpoints.health': { summary: 'Tells how deliveries to it went lately.', response: endpoints.endpointHealth },
  'endpoints.enable': { summary: 'Lets deliveries flow again.', response: endpoints.endpoint },
  'endpoints.disable': {
    summary: 'Lets deliveries wait in the queue until it is enabled again.',
    body: endpoints.endpointReason.optional(),
    response: endpoints.endpoint,
  },
  'endpoints.rotateSecret': {
    summary: 'Gives it a new secret, shown this once. The older ones sign too until the overlap is over.',
    body: endpoints.secretRotation.optional(),
    response: endpoints.endpointWithSecret,
  },
  'endpoints.test': { summary: 'Sends one test delivery now.', response: endpoints.endpointTest },

  'deliveries.list': {
    summary: 'Lists deliveries, newest first.',
    query: work.deliveryQuery,
    response: work.deliveryPage,
  },
  'deliveries.recover': {
    summary: 'Sends again what did not arrive at an endpoint in a stretch of time. Answers a job.',
    body: work.recovery,
    response: work.job,
  },
  'deliveries.get': { summary: 'Shows a delivery with all its attempts.', response: work.deliveryDetails },
  'deliveries.attempts': { summary: 'Lists the attempts of a delivery, in order.', response: work.attempts },
  'deliveries.retry': {
    summary: 'Sends a delivery again now, in place of a retry that is still to come.',
    response: work.delivery,
  },

  'events.list': { summary: 'Lists events, newest first.', query: events.eventQuery, response: events.eventPage },
  'events.get': { summary: 'Shows an event.', response: events.eventDetails },
  'eventTypes.list': { summary: 'Lists every known type of event.', response: events.eventTypes },

  'tasks.list': {
    summary: 'Lists tasks, newest first: deliveries, and the work of handlers.',
    query: work.taskQuery,
    response: work.taskPage,
  },
  'tasks.get': { summary: 'Shows a task with all its attempts.', response: work.taskDetails },
  'tasks.attempts': { summary: 'Lists the attempts of a task, in order.', response: work.attempts },
  'tasks.retry': { summary: 'Makes an ended task due again.', response: work.task },
  'tasks.cancel': { summary: 'Ends a task that has not ended yet.', response: work.task },

  'deployments.list': {
    summary: 'Lists deployments with their pull requests, newest first.',
    query: deployments.deploymentQuery,
    response: deployments.deploymentPage,
  },
  'deployments.get': {
    summary: 'Shows a deployment with everything that followed, by its id or the host’s `deployment_id`.',
    response: deployments.deploymentDetails,
  },
  'deployments.pullRequests': {
    summary: 'Lists the pull requests of a deployment.',
    response: deployments.deploymentPullRequests,
  },

  'integrations.list': {
    summary: 'Lists integrations, oldest first.',
    query: integrations.integrationQuery,
    response: integrations.integrationPage,
  },
  'integrations.create': {
    summary: 'Makes an integration. Its credential is sealed and never shown.',
    body: integrations.integrationDraft,
    response: integrations.integration,
  },
  'integrations.testDraft': {
    summary: 'Tests the connection of an integration that is not saved.',
    body: integrations.integrationDraft,
    response: integrations.inspection,
  },
  'integrations.get': { summary: 'Shows an integration.', response: integrations.integration },
  'integrations.update': {
    summary: 'Changes what is named. A new `base_url` needs the `credential` with it.',
    body: integrations.integrationChange,
    response: integrations.integration,
  },
  'integrations.remove': { summary: 'Removes an integration.' },
  'integrations.test': {
    summary: 'Tests a connection: repository, default branch, each missing permission.',
    response: integrations.inspection,
  },

  'sources.list': { summary: 'Lists the sources that receive webhooks.', response: service.sources },
  'policies.list': { summary: 'Lists the policies that plugins bring.', response: service.policies },

  'audit.list': {
    summary: 'Lists who did what, oldest first.',
    query: service.auditQuery,
    response: service.auditPage,
  },
  'audit.verify': { summary: 'Checks every link of the audit chain.', response: service.auditVerdict },
  'audit.export': {
    summary: 'Exports the audit log as JSON Lines or CSV.',
    query: service.auditExportQuery,
    response: service.exported,
  },

  'jobs.get': { summary: 'Tells how far a job is.', response: work.job },

  'service.health': { summary: 'Tells that the process is alive.', response: service.health },
  'service.ready': {
    summary: 'Tells whether the process can do its work; 503 where it cannot.',
    response: service.readiness,
  },
  'service.openapi': { summary: 'Answers this document.', response: service.openapi },
} as const satisfies Record<OperationId, OperationContract>

type Contract = typeof CONTRACT

/** What a caller may give, and what an operation sees of it. */
export type QueryOf<Id extends OperationId> = Contract[Id] extends { query: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : Record<never, never>
export type QueryInput<Id extends OperationId> = Contract[Id] extends { query: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : never
export type BodyOf<Id extends OperationId> = Contract[Id] extends { body: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : undefined
export type BodyInput<Id extends OperationId> = Contract[Id] extends { body: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : never
export type ResponseOf<Id extends OperationId> = Contract[Id] extends { response: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : undefined
