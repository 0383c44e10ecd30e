import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface FakeRequest {
  method: string
  /** Without the query. Still percent-encoded. */
  path: string
  query: URLSearchParams
  /** Lower case names; repeated ones joined with `, `. */
  headers: Record<string, string>
  body: Buffer
}

export interface FakeResponse {
  status: number
  headers?: Record<string, string>
  /** Anything but text and bytes is sent as JSON. */
  body?: unknown
}

/** `reset` drops the connection without an answer. */
export type FakeAnswer = FakeResponse | 'reset'

export interface FakeServer {
  /** Such as `http://127.0.0.1:40123`. */
  url: string
  /** Stops listening and drops every open connection. */
  close(): Promise<void>
}

/** An HTTP server on the loopback address and a free port (or `port`). The handler's failure is a 500 that says why. */
export async function startFakeServer(
  handle: (request: FakeRequest, signal: AbortSignal) => Promise<FakeAnswer>,
  port = 0,
): Promise<FakeServer> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming, outgoing) => {
    answer(handle, incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function answer(
  handle: (request: FakeRequest, signal: AbortSignal) => Promise<FakeAnswer>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => gone.abort())
  const request = await readRequest(incoming)
  const response = await handle(request, gone.signal).catch((error: unknown) => ({
    status: 500,
    body: { message: `The fake forge failed: ${error instanceof Error ? error.stack : String(error)}` },
  }))
  if (response === 'reset') {
    outgoing.socket?.destroy()
    return
  }
  send(outgoing, response, request.method)
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const url = new URL(incoming.url ?? '/', 'http://fake.invalid')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
  }
}

function send(outgoing: ServerResponse, response: FakeResponse, method: string): void {
  const { body } = response
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const bytes =
    body === undefined ? Buffer.alloc(0) : raw ? Buffer.from(body as string) : Buffer.from(JSON.stringify(body))
  const type: Record<string, string> =
    body === undefined || raw ? {} : { 'content-type': 'application/json; charset=utf-8' }
  outgoing.writeHead(response.status, {
    ...type,
    ...(response.status === 204 || response.status === 304 ? {} : { 'content-length': String(bytes.byteLength) }),
    ...response.headers,
  })
  outgoing.end(method === 'HEAD' ? undefined : bytes)
}
