import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPullwright, generateKey, memoryStore, type Plugin, type Store } from '@pullwright/core'

export interface Posted {
  headers: IncomingHttpHeaders
  body: {
    text: string
    blocks: { text: { type: string; text: string; verbatim: boolean } }[]
    [other: string]: unknown
  }
}

/** An incoming webhook on 127.0.0.1; its path is made at run time and secret. */
export async function slackSink() {
  const posted: Posted[] = []
  const path = ['/services', 'T0AB12CD3', 'B0EF45GH6', ['Ab3dEf9h', 'Jk2mNp5q', 'Rs7tUv1w'].join('')].join('/')
  const answers: ((response: ServerResponse) => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      posted.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Posted['body'] })
      const answer =
        request.url === path ? answers.shift() : (response: ServerResponse) => response.writeHead(404).end()
      if (answer) answer(response)
      else response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    webhookUrl: `http://127.0.0.1:${port}${path}`,
    posted,
    texts: () => posted.map(({ body }) => body.blocks[0]?.text.text ?? ''),
    /** The next request gets this, then the one after it the next; then `ok` again. */
    next: (...given: ((response: ServerResponse) => void)[]) => void answers.push(...given),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A Pullwright on a clock that is moved by hand, and everything it wrote down. */
export function instance(plugins: Plugin[], store: Store = memoryStore(), key: string | null = generateKey()) {
  const time = { now: Date.UTC(2026, 0, 1) }
  const logged: object[] = []
  const log = (fields: object, message: string) => void logged.push({ ...fields, message })
  const pullwright = createPullwright({
    ...{ store, plugins, clock: { now: () => time.now } },
    ...(key === null ? {} : { key }),
    logger: { debug: log, info: log, warn: log, error: log },
  })
  return {
    pullwright,
    store,
    logged,
    /** Runs what is due after so many milliseconds. */
    async after(milliseconds: number) {
      time.now += milliseconds
      await pullwright.drain()
    },
    /** Tasks with their attempts, events and logs, as text. */
    async everything() {
      const tasks = await pullwright.tasks.list({ limit: 100 })
      const attempts = await Promise.all(tasks.map(({ id }) => store.query.attempts(id)))
      const documents = await Promise.all(
        ['slack', 'email'].map((name) => store.documents.list('default', `plugin:${name}`)),
      )
      return JSON.stringify([tasks, attempts, documents, await pullwright.events.list(), logged])
    },
  }
}

export const pullRequest = (number: number, more: object = {}) => ({
  ...{ vcs: 'github', repository: 'acme/prompts', number, url: `https://github.com/acme/prompts/pull/${number}` },
  ...{ title: `Deploy support-bot (revision ${number})`, branch: 'pullwright/support-bot', base: 'main' },
  ...more,
})

export const exhausted = (delivery: string, more: object = {}) => ({
  ...{ delivery_id: delivery, endpoint_id: 'end_1', event_id: 'evt_1', event_type: 'environment.deployed' },
  ...{ attempts: 8, reason: 'HTTP 503' },
  ...more,
})
