import { PullwrightError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { EndpointRow } from '../ports/store.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { settingsOf } from './endpoint-settings.ts'

/** What of an endpoint is sealed, opened. */
export interface OpenedEndpoint {
  /** Those that still count, newest first. */
  secrets: string[]
  headers: Record<string, string>
}

/** Opened texts are kept so long: a box may be a service that charges by the call. */
const KEEP_MS = 60_000
const KEEP_AT_MOST = 1_000

/** Seals one of an endpoint's texts. Throws `key-required` without a box. */
export async function sealFor(endpointId: string, text: string, box: SecretBox | undefined): Promise<string> {
  return needed(box).seal(text, contextOf(endpointId))
}

/** Opens what an endpoint needs to be sent to. Remembers for a minute what it opened. */
export function createOpener(
  box: SecretBox | undefined,
  clock: Clock,
): (endpoint: EndpointRow) => Promise<OpenedEndpoint> {
  const opened = new Map<string, { text: string; until: number }>()

  const open = async (sealed: string, endpointId: string): Promise<string> => {
    const now = clock.now()
    const known = opened.get(sealed)
    if (known !== undefined && known.until > now) return known.text
    const text = await needed(box).open(sealed, contextOf(endpointId))
    if (opened.size >= KEEP_AT_MOST) opened.clear()
    opened.set(sealed, { text, until: now + KEEP_MS })
    return text
  }

  return async (endpoint) => {
    const now = clock.now()
    const active = endpoint.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    const { sealedHeaders } = settingsOf(endpoint)
    const [headers, ...secrets] = await Promise.all([
      sealedHeaders === null ? '{}' : open(sealedHeaders, endpoint.id),
      ...active.map(({ sealed }) => open(sealed, endpoint.id)),
    ])
    return { secrets, headers: JSON.parse(headers) as Record<string, string> }
  }
}

function needed(box: SecretBox | undefined): SecretBox {
  if (box !== undefined) return box
  throw new PullwrightError(
    'key-required',
    'An endpoint has a signing secret, and a secret is only stored sealed: pass `key` to createPullwright, base64 of 32 ' +
      'bytes; generate one with `openssl rand -base64 32` or generateKey()',
  )
}

/** Bound to the endpoint: a sealed text moved to another row does not open there. */
function contextOf(endpointId: string): string {
  return `endpoint/${endpointId}`
}
