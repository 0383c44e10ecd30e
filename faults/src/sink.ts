import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhook } from '@pullwright/core'
import type { Ledger, Received } from './ledger.ts'
import { MISBEHAVIOURS, type MisbehaviourName } from './misbehaviours.ts'

export interface Sink {
  readonly url: string
  /** How the next request is answered; null: well. Told how many there were before. */
  mood: (request: Received, before: number) => MisbehaviourName | null
  /** Called for each request before it is answered. */
  heard: (request: Received) => void
  /** Requests to where only a followed redirect leads. */
  readonly strayed: number
  close(): Promise<void>
}

/** A receiver over real HTTP that notes each request in the ledger, and answers as its mood is. */
export async function startSink(ledger: Ledger, secret: string): Promise<Sink> {
  let strayed = 0
  const server = createServer((request, response) => {
    response.on('error', () => {})
    void take(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: () => null,
    heard: () => {},
    get strayed() {
      return strayed
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return sink

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.url === '/elsewhere') strayed += 1
    const received = read(request, Buffer.concat(chunks), secret)
    const before = ledger.requests.push(received) - 1
    sink.heard(received)
    const name = sink.mood(received, before)
    const chosen = name === null ? null : MISBEHAVIOURS[name]
    if (chosen === null || chosen.accepts) {
      received.accepted = true
      ledger.accepted.push(received)
    }
    if (chosen === null) response.end('ok')
    else chosen.answer(response)
  }
}

function read(request: IncomingMessage, body: Buffer, secret: string): Received {
  const headers = request.headers as Record<string, string>
  // Clocks jump here: what is proven is that these bytes were signed for the time they name.
  const now = Number(headers['webhook-timestamp']) * 1000
  const verdict = verifyWebhook('standard', { secrets: [secret], headers, body, now })
  const { data } = JSON.parse(body.toString('utf8')) as { data: { variant_name: string } }
  return {
    deliveryId: String(headers['webhook-id']),
    key: data.variant_name,
    body: body.toString('utf8'),
    signed: verdict.ok,
    accepted: false,
  }
}
