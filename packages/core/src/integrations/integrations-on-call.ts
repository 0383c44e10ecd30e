import { loadedOnCall } from '../lazy.ts'
import type { IntegrationParts, Integrations } from './integrations-api.ts'

const CALLS = { create: true, list: true, get: true, update: true, remove: true, test: true } as const

/** Integrations, loaded with the first call. */
export function integrationsOnCall(parts: IntegrationParts): Integrations {
  return loadedOnCall<Integrations>(CALLS, async () => (await import('./integrations.ts')).createIntegrations(parts))
}
