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

/** Opens what an endpoint needs to be sent to. Remembers for a minute what it opened, and then answers at once. */
export function createOpener(
  box: SecretBox | undefined,
  clock: Clock,
): (endpoint: EndpointRow) => OpenedEndpoint | Promise<OpenedEndpoint> {
  const opened = new Map<string, { text: string; until: number }>()

  const known = (sealed: string, now: number): string | null => {
    const before = opened.get(sealed)
    return before !== undefined && before.until > now ? before.text : null
  }

  const open = async (sealed: string, endpointId: string): Promise<string> => {
    const now = clock.now()
    const text = await needed(box).open(sealed, contextOf(endpointId))
    if (opened.size >= KEEP_AT_MOST) opened.clear()
    opened.set(sealed, { text, until: now + KEEP_MS })
    return text
  }

  const openAll = async (texts: readonly string[], endpointId: string, now: number): Promise<string[]> => {
    const all: string[] = []
    for (const sealed of texts) all.push(known(sealed, now) ?? (await open(sealed, endpointId)))
    return all
  }

  return (endpoint) => {
    const now = clock.now()
    const { sealedHeaders } = settingsOf(endpoint)
    const texts: string[] = []
    for (const { sealed, expiresAt } of endpoint.secrets) if (expiresAt === null || expiresAt > now) texts.push(sealed)
    if (sealedHeaders !== null) texts.push(sealedHeaders)
    const arrange = (all: string[]): OpenedEndpoint => {
      const headers = sealedHeaders === null ? undefined : all.pop()
      return { secrets: all, headers: headers === undefined ? {} : (JSON.parse(headers) as Record<string, string>) }
    }
    const all: string[] = []
    for (const sealed of texts) {
      const text = known(sealed, now)
      if (text === null) return openAll(texts, endpoint.id, now).then(arrange)
      all.push(text)
    }
    return arrange(all)
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
