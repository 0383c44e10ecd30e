import type { EndpointChange, EndpointDraft, EndpointTestDraft } from '../../../webhooks/endpoint-schema.ts'
import type { Call, Handlers, Of } from '../call.ts'
import { given, slice } from '../pages.ts'
import { checkVersion } from '../versions.ts'
import { fromWire } from '../wire.ts'

export const endpointHandlers: Handlers<Of<'endpoints'>> = {
  'endpoints.list': async ({ surface, query }) => slice(query, await surface.webhooks.endpoints.list()),
  'endpoints.create': async ({ surface, body }) => {
    const endpoint = await surface.webhooks.endpoints.create(fromWire(body) as EndpointDraft)
    return { body: endpoint, headers: { location: `endpoints/${endpoint.id}` } }
  },
  'endpoints.testDraft': async ({ surface, body }) => ({
    body: await surface.webhooks.endpoints.test(fromWire(body) as EndpointTestDraft),
  }),
  'endpoints.get': async ({ surface, id }) => ({ body: await surface.webhooks.endpoints.get(id) }),
  'endpoints.update': async ({ surface, id, body, version }) => {
    const change: EndpointChange = given({ ...fromWire(body), version })
    return { body: await surface.webhooks.endpoints.update(id, change) }
  },
  'endpoints.remove': async (call) => {
    await check(call)
    await call.surface.webhooks.endpoints.remove(call.id)
    return {}
  },
  'endpoints.health': async ({ surface, id }) => ({ body: await surface.webhooks.endpoints.health(id) }),
  'endpoints.enable': async (call) => {
    await check(call)
    return { body: await call.surface.webhooks.endpoints.enable(call.id) }
  },
  'endpoints.disable': async (call) => {
    await check(call)
    return { body: await call.surface.webhooks.endpoints.disable(call.id, given({ reason: call.body?.reason })) }
  },
  'endpoints.rotateSecret': async (call) => {
    await check(call)
    const { overlap_seconds: overlapSeconds, secret } = call.body ?? {}
    return { body: await call.surface.webhooks.endpoints.rotateSecret(call.id, given({ overlapSeconds, secret })) }
  },
  'endpoints.test': async ({ surface, id }) => ({ body: await surface.webhooks.endpoints.test(id) }),
}

async function check({ surface, id, version }: Pick<Call<'endpoints.get'>, 'surface' | 'id' | 'version'>) {
  await checkVersion(version, () => surface.webhooks.endpoints.get(id))
}
