import type { EndpointRow } from '../ports/store.ts'
import { type EndpointScheme, type EndpointSettings, settingsOf } from './endpoint-settings.ts'

/** An endpoint as hosts see it: without its secrets, and with secret header values hidden. */
export interface Endpoint extends Omit<EndpointSettings, 'sealedHeaders'> {
  id: string
  project: string
  /** Pass it to `update` to be told of a change in between. */
  version: number
  /** Milliseconds since the epoch. */
  createdAt: number
  updatedAt: number
  name: string | null
  description: string | null
  url: string
  events: string[]
  enabled: boolean
  disabledReason: string | null
  /** The first of `schemes`. */
  scheme: EndpointScheme
  /** How old each secret is, newest first, and until when it signs; null: until it is rotated. */
  secretAges: { createdAt: number; expiresAt: number | null }[]
}

/** What of a row may be shown. */
export function shownEndpoint(row: EndpointRow): Endpoint {
  const { sealedHeaders: _sealed, ...settings } = settingsOf(row)
  const { secrets, settings: _settings, ...facts } = row
  return {
    ...facts,
    ...settings,
    scheme: settings.schemes[0] ?? 'standard',
    secretAges: secrets.map(({ createdAt, expiresAt }) => ({ createdAt, expiresAt })),
  }
}
