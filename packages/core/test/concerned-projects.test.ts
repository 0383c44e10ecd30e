import { expect, it } from 'vitest'
import { createPullwright, generateKey, type InboundSource, memoryStore, type Plugin } from '../src/index.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const pullRequest = { vcs: 'forge', repository: 'acme/prompts', number: 7, url: 'https://forge.example/acme/prompts/7' }

/** A forge that says whatever it is sent. */
const source: InboundSource = {
  name: 'forge',
  verify: () => ({ ok: true }),
  deliveryId: ({ headers }) => headers['x-id'] ?? null,
  normalise: ({ json }) => [{ type: 'pull_request.merged', data: json }],
}

/** Publishes the pull request for every deployment. */
const publisher: Plugin = {
  name: 'publisher',
  apiVersion: 1,
  sources: [source],
  handlers: {
    publish: {
      on: ['deployment.succeeded'],
      run: ({ emit }) => {
        emit('pull_request.opened', pullRequest)
        return undefined
      },
    },
  },
}

async function mergedIn(publishers: string[], repository = 'acme/prompts', number = 7) {
  const pullwright = createPullwright({
    store: memoryStore(),
    key: generateKey(),
    plugins: [publisher],
    logger: silent,
  })
  for (const project of publishers) {
    const data = { app_name: 'bot', environment: 'production' }
    await pullwright.emitter.emit('deployment.succeeded', data, { project })
  }
  await pullwright.drain()
  const body = JSON.stringify({
    ...pullRequest,
    repository,
    number,
    url: `https://forge.example/${repository}/${number}`,
  })
  const request = new Request('http://127.0.0.1/hooks/forge', { method: 'POST', body, headers: { 'x-id': '1' } })
  expect((await pullwright.handler(request)).status).toBe(202)
  const events = await pullwright.events.list({ project: '*', types: ['pull_request.merged'] })
  await pullwright.stop()
  return events.map(({ project }) => project).sort()
}

it('what a forge says of a pull request goes to the project that published it', async () => {
  expect(await mergedIn(['tenant'])).toEqual(['tenant'])
})

it('two projects that share a pull request both hear of it, from one delivery', async () => {
  expect(await mergedIn(['one', 'two'])).toEqual(['one', 'two'])
})

it('what nobody published goes to the default project', async () => {
  expect(await mergedIn(['tenant'], 'acme/other')).toEqual(['default'])
  expect(await mergedIn([])).toEqual(['default'])
})
