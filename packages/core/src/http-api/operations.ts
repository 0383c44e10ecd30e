import type { Capability } from '../ports/caller.ts'

/** One route of the admin API, below `/api/v1`. What it takes and answers stands in `admin/contract.ts`. */
export interface Operation {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** `{id}` is a parameter. */
  path: string
  /** What the caller must be able to do; `public` asks nobody. */
  access: Capability | 'public'
  /** Of the answer when all went well. */
  status: 200 | 201 | 202 | 204
  /** What it takes beside what its path names. */
  takes?: 'query' | 'body'
  /** `required`: changes only the version that `If-Match` names. `optional`: any, unless it names one. */
  match?: 'required' | 'optional'
  /** What it answers where that is no JSON. */
  text?: true
}

/** Every operation of the admin API, by the name its method has in the client. */
export const OPERATIONS = {
  'endpoints.list': { method: 'GET', path: '/endpoints', access: 'view', status: 200, takes: 'query' },
  'endpoints.create': { method: 'POST', path: '/endpoints', access: 'manage', status: 201, takes: 'body' },
  'endpoints.testDraft': { method: 'POST', path: '/endpoints/test', access: 'manage', status: 200, takes: 'body' },
  'endpoints.get': { method: 'GET', path: '/endpoints/{id}', access: 'view', status: 200 },
  'endpoints.update': {
    method: 'PATCH',
    path: '/endpoints/{id}',
    access: 'manage',
    status: 200,
    takes: 'body',
    match: 'required',
  },
  'endpoints.remove': { method: 'DELETE', path: '/endpoints/{id}', access: 'manage', status: 204, match: 'optional' },
  'endpoints.health': { method: 'GET', path: '/endpoints/{id}/health', access: 'view', status: 200 },
  'endpoints.enable': {
    method: 'POST',
    path: '/endpoints/{id}/enable',
    access: 'manage',
    status: 200,
    match: 'optional',
  },
  'endpoints.disable': {
    method: 'POST',
    path: '/endpoints/{id}/disable',
    access: 'manage',
    status: 200,
    takes: 'body',
    match: 'optional',
  },
  'endpoints.rotateSecret': {
    method: 'POST',
    path: '/endpoints/{id}/rotate-secret',
    access: 'manage',
    status: 200,
    takes: 'body',
    match: 'optional',
  },
  'endpoints.test': { method: 'POST', path: '/endpoints/{id}/test', access: 'manage', status: 200 },

  'deliveries.list': { method: 'GET', path: '/deliveries', access: 'view', status: 200, takes: 'query' },
  'deliveries.recover': {
    method: 'POST',
    path: '/deliveries/recover',
    access: 'retry',
    status: 202,
    takes: 'body',
  },
  'deliveries.get': { method: 'GET', path: '/deliveries/{id}', access: 'view', status: 200 },
  'deliveries.attempts': { method: 'GET', path: '/deliveries/{id}/attempts', access: 'view', status: 200 },
  'deliveries.retry': { method: 'POST', path: '/deliveries/{id}/retry', access: 'retry', status: 200 },

  'events.list': { method: 'GET', path: '/events', access: 'view', status: 200, takes: 'query' },
  'events.get': { method: 'GET', path: '/events/{id}', access: 'view', status: 200 },
  'eventTypes.list': { method: 'GET', path: '/event-types', access: 'view', status: 200 },

  'tasks.list': { method: 'GET', path: '/tasks', access: 'view', status: 200, takes: 'query' },
  'tasks.get': { method: 'GET', path: '/tasks/{id}', access: 'view', status: 200 },
  'tasks.attempts': { method: 'GET', path: '/tasks/{id}/attempts', access: 'view', status: 200 },
  'tasks.retry': { method: 'POST', path: '/tasks/{id}/retry', access: 'retry', status: 200 },
  'tasks.cancel': { method: 'POST', path: '/tasks/{id}/cancel', access: 'manage', status: 200 },

  'deployments.list': { method: 'GET', path: '/deployments', access: 'view', status: 200, takes: 'query' },
  'deployments.get': { method: 'GET', path: '/deployments/{id}', access: 'view', status: 200 },
  'deployments.pullRequests': { method: 'GET', path: '/deployments/{id}/pull-requests', access: 'view', status: 200 },

  'integrations.list': { method: 'GET', path: '/integrations', access: 'view', status: 200, takes: 'query' },
  'integrations.create': {
    method: 'POST',
    path: '/integrations',
    access: 'manage',
    status: 201,
    takes: 'body',
  },
  'integrations.testDraft': {
    method: 'POST',
    path: '/integrations/test',
    access: 'manage',
    status: 200,
    takes: 'body',
  },
  'integrations.get': { method: 'GET', path: '/integrations/{id}', access: 'view', status: 200 },
  'integrations.update': {
    method: 'PATCH',
    path: '/integrations/{id}',
    access: 'manage',
    status: 200,
    takes: 'body',
    match: 'required',
  },
  'integrations.remove': {
    method: 'DELETE',
    path: '/integrations/{id}',
    access: 'manage',
    status: 204,
    match: 'optional',
  },
  'integrations.test': { method: 'POST', path: '/integrations/{id}/test', access: 'manage', status: 200 },

  'sources.list': { method: 'GET', path: '/sources', access: 'view', status: 200 },
  'policies.list': { method: 'GET', path: '/policies', access: 'view', status: 200 },

  'audit.list': { method: 'GET', path: '/audit', access: 'view', status: 200, takes: 'query' },
  'audit.verify': { method: 'GET', path: '/audit/verify', access: 'view', status: 200 },
  'audit.export': { method: 'GET', path: '/audit/export', access: 'view', status: 200, takes: 'query', text: true },

  'jobs.get': { method: 'GET', path: '/jobs/{id}', access: 'view', status: 200 },

  'service.health': { method: 'GET', path: '/healthz', access: 'public', status: 200 },
  'service.ready': { method: 'GET', path: '/readyz', access: 'public', status: 200 },
  'service.openapi': { method: 'GET', path: '/openapi.json', access: 'public', status: 200 },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof OPERATIONS

export const API_PREFIX = '/api/v1'
