import type { IntegrationChange, IntegrationDraft } from '../../../integrations/integration-schema.ts'
import type { Handlers, Of } from '../call.ts'
import { given, slice } from '../pages.ts'
import { fromWire } from '../wire.ts'

export const integrationHandlers: Handlers<Of<'integrations'>> = {
  'integrations.list': async ({ surface, query }) => slice(query, await surface.integrations.list()),
  'integrations.create': async ({ surface, body }) => {
    const integration = await surface.integrations.create(fromWire(body) as IntegrationDraft)
    return { body: integration, headers: { location: `integrations/${integration.id}` } }
  },
  'integrations.testDraft': async ({ surface, body }) => ({
    body: await surface.integrations.test(fromWire(body) as IntegrationDraft),
  }),
  'integrations.get': async ({ surface, id }) => ({ body: await surface.integrations.get(id) }),
  'integrations.update': async ({ surface, id, body, version }) => {
    const change: IntegrationChange = given({ ...fromWire(body), version })
    return { body: await surface.integrations.update(id, change) }
  },
  'integrations.remove': async ({ surface, id, version }) => {
    await surface.integrations.remove(id, given({ version }))
    return {}
  },
  'integrations.test': async ({ surface, id }) => ({ body: await surface.integrations.test(id) }),
}
