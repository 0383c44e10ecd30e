import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type HandlerContext, type Plugin, type Telemetry, type Vcs, VcsError } from '@pullwright/core'
import type { Planted } from './leak-secrets.ts'

type Groups = readonly (readonly Planted[])[]

/** All of a group in one text, each on a line of its own. */
export function told(group: readonly Planted[] = []): string {
  return group.map(({ text }) => text).join('\n')
}

/** A forge that repeats in its refusals what it was sent, and more. */
export function failing(vcs: Vcs, groups: Groups): Vcs {
  let calls = 0
  return {
    ...vcs,
    name: 'failing',
    publishPullRequest: async () => {
      const group = groups[calls++ % groups.length] ?? []
      throw new VcsError(calls % 2 ? 'unavailable' : 'invalid', told(group), { cause: new Error(told(group)) })
    },
  }
}

/** A plugin that tells secrets wherever a plugin can tell something. */
export function talkative(groups: Groups): Plugin {
  const groupOf = ({ event }: HandlerContext) => groups[event.order % groups.length] ?? []
  const run = async (context: HandlerContext) => {
    const text = told(groupOf(context))
    await context.step('paid', () => ({ text }))
    context.progress(text)
    context.log.warn({ text, error: new Error(text), nested: { api_key: text } }, text)
    context.emit('webhook.test', { message: text })
    if (context.attempt === 1) throw new Error(text, { cause: new Error(text) })
    return context.attempt === 2 ? context.retry({ reason: text }) : context.done({ text })
  }
  return { apiVersion: 1, name: 'talkative', handlers: { tell: { on: ['environment.deployed'], run } } }
}

/** Keeps all that spans and counts are given. */
export function telemetry(spans: string[]): Telemetry {
  const note = (...facts: unknown[]) => void spans.push(JSON.stringify(facts))
  return {
    count: note,
    time: note,
    gauge: note,
    async span(start, work) {
      note(start)
      return work({ carrier: { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` }, set: note, fail: note })
    },
  }
}

/** A receiver that repeats what it gets, headers too, and tells secrets that it knows from elsewhere. */
export async function echo(groups: Groups) {
  const received: string[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const own = request.url?.includes('fail') === true
    const { authorization: _own, 'x-own': _mine, ...headers } = request.headers
    received.push(JSON.stringify(own ? headers : request.headers), body)
    const group = groups[received.length % groups.length] ?? []
    response.writeHead(own ? 500 : 200, { 'content-type': 'application/json', 'x-api-key': group[0]?.secret ?? '' })
    response.end(JSON.stringify({ headers: request.headers, said: told(group), list: group.map(({ text }) => text) }))
  }
  const http = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { received, url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => http.close(resolve)) }
}
