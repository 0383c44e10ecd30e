import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Caller,
  type Capability,
  createPullwright,
  createPullwrightHandler,
  generateKey,
  memoryStore,
  type PullwrightHandlerOptions,
  type PullwrightOptions,
} from '../src/index.ts'
import { fakeClock, memoryLogger } from './harness.ts'

/** The same for all, so that a second process opens what the first sealed. */
const KEY = generateKey()

/** Who calls, as the host of these tests writes it: `project:subject:capabilities`. */
export const USER = 'x-user'

function authorize(request: Request): Caller | null {
  const user = request.headers.get(USER)
  if (user === null) return null
  const [project = '', subject = '', capabilities = ''] = user.split(':')
  return { project, subject, capabilities: capabilities.split(',').filter(Boolean) as Capability[] }
}

export const everything = (project: string, subject = 'jane') => `${project}:${subject}:view,manage,retry,approve`

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they please
  body: any
}

/** A Pullwright with the admin API, called as a framework would call it. */
export function setUpAdmin(handlerOptions: PullwrightHandlerOptions = {}, options: Partial<PullwrightOptions> = {}) {
  const clock = fakeClock()
  const logger = memoryLogger()
  const store = options.store ?? memoryStore()
  const pullwright = createPullwright({
    ...{ store, clock, logger, key: KEY, egress: { allowHttp: true, allow: ['127.0.0.1'] } },
    ...options,
  } as PullwrightOptions)
  const handler = createPullwrightHandler(pullwright, { authorize, rateLimit: false, ...handlerOptions })

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const request = new Request(`https://host.example/api/v1${path}`, {
      method,
      headers: {
        [USER]: everything('acme'),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const response = await handler(request)
    const text = await response.text()
    const json = /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: json && text !== '' ? JSON.parse(text) : text }
  }

  return { pullwright, handler, call, clock, logger, store }
}

/** One operation, as the OpenAPI document describes it. */
export interface DescribedRoute {
  id: string
  method: string
  path: string
  /** Null where nobody is asked. */
  capability: Capability | null
  takesBody: boolean
  needsMatch: boolean
  query: string[]
}

/** Every route there is: tests that go through them cannot forget one. */
export async function describedRoutes(): Promise<DescribedRoute[]> {
  const { call, pullwright } = setUpAdmin()
  const { body: document } = await call('GET', '/openapi.json')
  await pullwright.stop()
  return Object.entries<Record<string, Described>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], ...described }]) => ({
      ...{ id: operationId, method: method.toUpperCase(), path },
      capability: described['x-capability'] ?? null,
      takesBody: described.requestBody !== undefined,
      needsMatch: parameters.some(({ $ref }) => $ref === '#/components/parameters/ifMatch'),
      query: parameters.filter((one) => one.in === 'query').map(({ name = '' }) => name),
    })),
  )
}

interface Described {
  operationId: string
  'x-capability'?: Capability
  requestBody?: object
  parameters?: { $ref?: string; in?: string; name?: string }[]
}

/** Answers every delivery with a status that may be changed. */
export async function startReceiver() {
  const state = { status: 204, received: 0 }
  const server = createServer((request, response) => {
    state.received += 1
    request.resume().on('end', () => response.writeHead(state.status).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
