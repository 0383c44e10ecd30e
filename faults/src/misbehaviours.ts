import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** How a receiver may answer; `accepts` where the status was 2xx, whatever came after it. */
export interface Misbehaviour {
  accepts: boolean
  answer(response: ServerResponse): void
}

/** 64 MiB of nothing in about 64 KB: the most that gzip can do is about a thousandfold. */
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024))
const CHUNK = Buffer.alloc(64 * 1024, 'x')

export const MISBEHAVIOURS = {
  /** Breaks the connection off before any answer. */
  reset: refusing((response) => response.socket?.resetAndDestroy()),
  /** Takes the request and never says a word: the sender's time-out ends it. */
  hang: refusing(() => {}),
  truncated: accepting((response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('cut', () => response.socket?.destroy())
  }),
  huge: accepting((response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    for (let count = 0; count < 64 && !response.destroyed; count += 1) response.write(CHUNK)
    response.end()
  }),
  bomb: accepting((response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(BOMB)
  }),
  /** A byte now and then, for longer than anybody waits. */
  drip: accepting((response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('.'), 100)
    response.on('close', () => clearInterval(timer))
  }),
  busy: refusing((response) => response.writeHead(429, { 'retry-after': '1' }).end('slow down')),
  unavailable: refusing((response) => response.writeHead(503, { 'retry-after': '0' }).end()),
  broken: refusing((response) => response.writeHead(500).end('{"error":')),
  /** To a place that no request may reach. */
  redirect: refusing((response) => response.writeHead(302, { location: '/elsewhere' }).end()),
  noise: refusing((response) => {
    response.socket?.end('what is this?\r\n\r\n')
  }),
} satisfies Record<string, Misbehaviour>

export type MisbehaviourName = keyof typeof MISBEHAVIOURS

function accepting(answer: Misbehaviour['answer']): Misbehaviour {
  return { accepts: true, answer }
}

function refusing(answer: Misbehaviour['answer']): Misbehaviour {
  return { accepts: false, answer }
}
