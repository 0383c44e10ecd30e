import type { JsonObject, JsonValue, TransportResponse } from '@pullwright/core'
import { z } from 'zod'
import { AgentaApiError } from './agenta-api-error.ts'

/** A configuration may be at most so large; Pullwright takes none over 16 MiB. */
export const MAX_RESPONSE_BYTES = 32 * 1024 * 1024
/** No server may send us away for longer than this many seconds. */
const MAX_RETRY_AFTER_SECONDS = 3600

/** Takes secrets out of what Agenta says. */
export type Hide = (text: string) => string

/** One revision, as far as we use it. Its parameters are raw: they may hold secrets. */
export interface FetchedRevision extends JsonObject {
  id: string | null
  version: string | null
  app: string | null
  app_id: string | null
  variant: string | null
  variant_id: string | null
  message: string | null
  author: string | null
  parameters: JsonValue
}

const text = z.string().nullish().catch(null)
const answer = z.looseObject({
  count: z.number().nullish(),
  application_revision: z
    .looseObject({
      id: text,
      version: z.union([z.string(), z.number()]).nullish(),
      application_id: text,
      application_slug: text,
      application_variant_id: text,
      application_variant_slug: text,
      message: text,
      author: text,
      data: z.looseObject({ parameters: z.json().nullish() }).nullish(),
    })
    .nullish(),
})

/** Null where Agenta says that there is none. */
export function revisionIn(response: TransportResponse, url: string): FetchedRevision | null {
  const parsed = answer.safeParse(response.truncated ? undefined : json(response.body))
  if (!parsed.success) {
    const why = response.truncated ? `is over ${MAX_RESPONSE_BYTES} bytes` : 'is not what Agenta sends'
    throw new AgentaApiError(
      'configuration',
      `The answer of ${url} ${why}. Is \`baseUrl\` the API's, such as https://HOST/api?`,
    )
  }
  const revision = parsed.data.application_revision
  if (!revision || parsed.data.count === 0) return null
  return {
    id: revision.id ?? null,
    version: revision.version == null ? null : String(revision.version),
    app: revision.application_slug ?? null,
    app_id: revision.application_id ?? null,
    variant: revision.application_variant_slug ?? null,
    variant_id: revision.application_variant_id ?? null,
    message: revision.message ?? null,
    author: revision.author ?? null,
    // An application without parameters is still there; null would mean that it was taken out.
    parameters: revision.data?.parameters ?? {},
  }
}

export function refusal(response: TransportResponse, url: string, hide: Hide): AgentaApiError {
  const { status } = response
  if (status === 401 || status === 403) {
    const advice = 'Give `agenta({ apiKey })` a key of the project that sends the webhook, then retry this task.'
    return new AgentaApiError('auth', `Agenta refused the API key with ${status}. ${advice}`)
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = retryAfterOf(response)
    return new AgentaApiError(
      'unavailable',
      `Agenta answered ${status}.`,
      retryAfterMs === undefined ? {} : { retryAfterMs },
    )
  }
  if (status === 404 || (status >= 300 && status < 400)) {
    return new AgentaApiError(
      'configuration',
      `${url} answered ${status}. Is \`baseUrl\` the API's, such as https://HOST/api?`,
    )
  }
  return new AgentaApiError('invalid', `Agenta refused the request with ${status}: ${detailOf(response, hide)}`)
}

/** Hidden before it is cut, so that no half of a key stays. */
function detailOf(response: TransportResponse, hide: Hide): string {
  const body = z.looseObject({ detail: z.unknown() }).safeParse(json(response.body))
  const detail = body.success ? body.data.detail : undefined
  return hide(typeof detail === 'string' ? detail : JSON.stringify(detail ?? 'no detail')).slice(0, 200)
}

function retryAfterOf({ headers }: TransportResponse): number | undefined {
  const seconds = headers['retry-after']?.trim() ?? ''
  return /^\d+$/.test(seconds) ? Math.min(Number(seconds), MAX_RETRY_AFTER_SECONDS) * 1000 : undefined
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
