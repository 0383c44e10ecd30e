/**
 * A typed client of the admin API, with `fetch` and nothing else.
 *
 * @module @pullwright/core/client
 */
export { isPullwrightError } from '../errors.ts'
export type { BodyInput, QueryInput, ResponseOf } from '../http-api/admin/contract.ts'
export type { OperationId } from '../http-api/operations.ts'
export type { ProblemDetails } from './api-error.ts'
export { PullwrightApiError } from './api-error.ts'
export { createClient } from './client.ts'
export type { CallOptions, Client, ClientOptions, Method, Pages } from './types.ts'
