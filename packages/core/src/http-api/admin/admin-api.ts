import { isPullwrightError } from '../../errors.ts'
import { formatProblems, problemsOf } from '../../events/problems.ts'
import { jsonResponse, SECURITY_HEADERS } from '../../inbound/answers.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import type { Caller } from '../../ports/caller.ts'
import type { KeptAnswer } from '../answers-store.ts'
import { type Gate, identify } from '../authorize.ts'
import type { AdminSurface, PullwrightHttp } from '../http-port.ts'
import { OPERATIONS, type Operation, type OperationId } from '../operations.ts'
import type { RateVerdict } from '../rate-limiter.ts'
import type { RouteContext } from '../router.ts'
import type { Handlers, Reply } from './call.ts'
import { CONTRACT, type OperationContract } from './contract.ts'
import { deliveryHandlers } from './handlers/deliveries.ts'
import { endpointHandlers } from './handlers/endpoints.ts'
import { historyHandlers } from './handlers/history.ts'
import { integrationHandlers } from './handlers/integrations.ts'
import { serviceHandlers } from './handlers/service.ts'
import { once } from './once.ts'
import { openApiDocument } from './openapi.ts'
import { problemFor, problemOf, refusal } from './problems.ts'
import { readJson, readQuery } from './read-input.ts'
import { etagOf, mismatch, versionAmong, versionsOf } from './versions.ts'
import { toWire } from './wire.ts'

export interface AdminParts {
  http: PullwrightHttp
  gate: Gate
  limit: ((caller: string) => RateVerdict) | null
  maxBodyBytes: number
}

interface Parts extends AdminParts {
  openapi: () => JsonObject
}

export type AdminApi = (id: OperationId, request: Request, context: RouteContext) => Promise<Response>

const HANDLERS: Handlers<OperationId> = {
  ...endpointHandlers,
  ...deliveryHandlers,
  ...historyHandlers,
  ...integrationHandlers,
  ...serviceHandlers,
}

/** Who, how often, what; then the work; then its answer, checked. In this order for every operation. */
export function createAdminApi(given: AdminParts): AdminApi {
  let document: JsonObject | undefined
  // Made once: it is much work, and anybody may ask for it.
  const openapi = () => {
    document ??= openApiDocument()
    return document
  }
  const parts = { ...given, openapi }
  return async (id, request, context) => {
    const operation: Operation = OPERATIONS[id]
    if (operation.access === 'public') return answered(parts, id, request, context, null)
    const caller = await identify(parts.gate, request, context.native)
    if (caller instanceof Response) return caller
    const verdict = parts.limit?.(JSON.stringify([caller.project, caller.subject]))
    const response =
      verdict?.ok === false
        ? problemOf('rate-limited', { detail: 'Too many requests: wait as `Retry-After` says.' })
        : await answered(parts, id, request, context, caller)
    for (const [name, value] of Object.entries(verdict?.headers ?? {})) response.headers.set(name, value)
    return response
  }
}

async function answered(
  parts: Parts,
  id: OperationId,
  request: Request,
  context: RouteContext,
  caller: Caller | null,
): Promise<Response> {
  try {
    return respond(await run(parts, id, request, context, caller))
  } catch (error) {
    const problem = problemFor(error)
    // What fails for want of something of ours is for the log as well.
    if (problem === null || problem.status >= 500) {
      const message = error instanceof Error ? error.message : undefined
      parts.http.log.error({ operation: id, error: message ?? (await problem?.clone().text()) }, 'A request failed')
    }
    return problem ?? problemOf('failed')
  }
}

async function run(
  { http, maxBodyBytes, openapi }: Parts,
  id: OperationId,
  request: Request,
  { native, params }: RouteContext,
  caller: Caller | null,
): Promise<KeptAnswer> {
  const operation: Operation = OPERATIONS[id]
  const contract: OperationContract = CONTRACT[id]
  const surface = caller === null ? null : http.admin.as(caller)
  if (operation.access !== 'public') await surface?.need(operation.access, id)
  const query = readQuery(contract.query, request.url)
  const body = operation.method === 'GET' ? undefined : await readJson(contract.body, request, native, maxBodyBytes)
  const versions = expectedVersions(operation, request.headers.get('if-match'))
  const call = { http, caller, surface, id: params.id ?? '', query, body, openapi }
  const work = async () => {
    const handle = (HANDLERS as Record<OperationId, Handle>)[id]
    const version = await versionAmong(versions, () => current(id, call))
    return checked(id, await Promise.resolve(handle({ ...call, version })).catch((error) => asMismatch(error, version)))
  }
  if (caller === null || operation.method !== 'POST') return work()
  const key = request.headers.get('idempotency-key')
  return once(key, caller, { operation: id, id: call.id, query, body, versions }, http.admin.answers, work)
}

/** A handler, to whoever gives it what its own operation takes. */
type Handle = (call: object) => Reply | Promise<Reply>

function expectedVersions(operation: Operation, header: string | null): number[] | undefined {
  if (operation.match === undefined) return undefined
  if (header !== null || operation.match === 'optional') return versionsOf(header)
  throw refusal('version-required', {
    detail: 'Send the `ETag` of what you read as `If-Match`, or `If-Match: *` to change whatever is there.',
  })
}

/** What a request with several versions would change. */
function current(operation: OperationId, { surface, id }: { surface: AdminSurface | null; id: string }) {
  if (surface === null) throw refusal('not-found')
  return operation.startsWith('integrations.') ? surface.integrations.get(id) : surface.webhooks.endpoints.get(id)
}

function asMismatch(error: unknown, version: number | undefined): never {
  throw isPullwrightError(error) && error.code === 'conflict' && version !== undefined ? mismatch() : error
}

/** Only what the contract names goes out. */
function checked(id: OperationId, { body, raw, status, headers = {} }: Reply): KeptAnswer {
  const operation: Operation = OPERATIONS[id]
  const contract: OperationContract = CONTRACT[id]
  const answer = { status: status ?? operation.status, headers: { ...headers, ...etagOf(body) } }
  if (contract.response === undefined) return { ...answer, body: null }
  const parsed = contract.response.safeParse(raw ?? toWire(body))
  if (!parsed.success) throw new Error(`The answer does not fit: ${formatProblems(problemsOf(parsed.error, ''))}`)
  return { ...answer, body: parsed.data as JsonValue }
}

function respond({ status, headers, body }: KeptAnswer): Response {
  if (status === 204) return new Response(null, { status, headers: { ...SECURITY_HEADERS, ...headers } })
  if (typeof body === 'string') return new Response(body, { status, headers: { ...SECURITY_HEADERS, ...headers } })
  return jsonResponse(status, body, headers)
}
