import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Vcs } from '@pullwright/core'
import { schemes, verifyWebhook } from '@pullwright/core/signing'
import { type Delivery, readDelivery } from './delivery.ts'
import { publish } from './publish.ts'
import type { Settings } from './settings.ts'

interface Answer {
  status: number
  word: string
}

const MAX_BODY = 5 * 1024 * 1024
const TOLERANCE_SECONDS = 300
const REMEMBERED_IDS = 10_000

/**
 * `POST /webhook`: 2xx once the pull request is there, 401 for what is not signed, 4xx for what will never work. After
 * any 5xx Pullwright tries again, and finds what the attempt before left.
 */
export function createReceiver(vcs: Vcs, settings: Pick<Settings, 'secrets' | 'repository' | 'base'>): Server {
  const publishOnce = once((delivery) => publish(vcs, settings, delivery))

  const receive = async (request: IncomingMessage): Promise<Answer> => {
    if (request.url === '/healthz') return { status: 200, word: 'ok' }
    if (request.method !== 'POST' || request.url !== '/webhook') return { status: 404, word: 'not found' }
    const body = await readBody(request)
    if (body === null) return { status: 413, word: 'too large' }
    const { secrets } = settings
    const given = { secrets, headers: request.headers, body, toleranceSeconds: TOLERANCE_SECONDS }
    const verdict = verifyWebhook(schemes.standard, given)
    if (!verdict.ok || verdict.id === undefined) return { status: 401, word: 'unauthorized' }
    const delivery = readDelivery(verdict.id, body.toString('utf8'))
    if (delivery === null) return { status: 422, word: 'not a deployment' }
    return { status: 200, word: delivery === 'ignored' ? delivery : await publishOnce(delivery) }
  }

  const server = createServer((request, response) => {
    receive(request).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error)
        send(response, { status: 503, word: 'try again' })
      },
    )
  })
  server.requestTimeout = 30_000
  return server
}

/** Deliveries that were published are known by their id; one that is under way is waited for. */
function once(work: (delivery: Delivery) => Promise<string>): (delivery: Delivery) => Promise<string> {
  const known = new Map<string, Promise<string>>()
  return async (delivery) => {
    const before = known.get(delivery.id)
    if (before !== undefined) return before.then(() => 'duplicate')
    const running = work(delivery)
    known.set(delivery.id, running)
    // What failed is to be tried again.
    running.catch(() => known.delete(delivery.id))
    const [oldest] = known.keys()
    if (known.size > REMEMBERED_IDS && oldest !== undefined) known.delete(oldest)
    return running
  }
}

/** The raw bytes, over which the signature is; null where there are too many. Who says so beforehand gets an answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return null
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > MAX_BODY) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, { status, word }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ status: word }))
}
