import type { EndpointChange, EndpointDraft, EndpointTestDraft } from '../../../webhooks/endpoint-schema.ts'
import type { Handlers, Of } from '../call.ts'
import { given, slice } from '../pages.ts'
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
  'endpoints.remove': async ({ surface, id, version }) => {
    await surface.webhooks.endpoints.remove(id, given({ version }))
    return {}
  },
  'endpoints.health': async ({ surface, id }) => ({ body: await surface.webhooks.endpoints.health(id) }),
  'endpoints.enable': async ({ surface, id, version }) => ({
    body: await surface.webhooks.endpoints.enable(id, given({ version })),
  }),
  'endpoints.disable': async ({ surface, id, body, version }) => ({
    body: await surface.webhooks.endpoints.disable(id, given({ reason: body?.reason, version })),
  }),
  'endpoints.rotateSecret': async ({ surface, id, body, version }) => {
    const { overlap_seconds: overlapSeconds, secret } = body ?? {}
    const rotation = given({ overlapSeconds, secret, version })
    return { body: await surface.webhooks.endpoints.rotateSecret(id, rotation) }
  },
  'endpoints.test': async ({ surface, id }) => ({ body: await surface.webhooks.endpoints.test(id) }),
}
