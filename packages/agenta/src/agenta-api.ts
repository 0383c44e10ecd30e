import {
  createRedactor,
  isPullwrightError,
  type JsonObject,
  type JsonValue,
  type Transport,
  type TransportResponse,
} from '@pullwright/core'
import { z } from 'zod'
import { AgentaApiError } from './agenta-api-error.ts'
import type { Pointer } from './committed-event.ts'

/** A configuration may be at most so large; Pullwright takes none over 16 MiB. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024
/** No server may send us away for longer than this many seconds. */
const MAX_RETRY_AFTER_SECONDS = 3600

export interface AgentaApiOptions {
  baseUrl: string
  /** The key for a project of Agenta's; undefined where the host gave none. */
  apiKey: (agentaProjectId: string | null) => string | undefined | Promise<string | undefined>
  transport: () => Transport
  /** Hidden, like the key, wherever Agenta repeats them. */
  secrets?: readonly string[]
}

/** One revision, as far as we use it. Its parameters are raw: they may hold secrets. */
export interface FetchedRevision extends JsonObject {
  version: string | null
  app: string | null
  app_id: string | null
  variant: string | null
  variant_id: string | null
  message: string | null
  author: string | null
  parameters: JsonValue
}

export interface AgentaApi {
  /** Throws `AgentaApiError`; `not-found` where Agenta has no such revision. */
  retrieve(pointer: Pointer, agentaProjectId: string | null, signal: AbortSignal): Promise<FetchedRevision>
}

const text = z.string().nullish().catch(null)
const answer = z.looseObject({
  count: z.number().nullish(),
  application_revision: z
    .looseObject({
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

/** Agenta's configuration API: `POST {baseUrl}/applications/revisions/retrieve`. */
export function createAgentaApi({ baseUrl, apiKey, transport, secrets = [] }: AgentaApiOptions): AgentaApi {
  const url = `${baseUrl.replace(/\/+$/, '')}/applications/revisions/retrieve`

  return {
    async retrieve(pointer, agentaProjectId, signal) {
      const key = await apiKey(agentaProjectId)
      if (!key) throw keyMissing()
      const hide: Hide = (text) => createRedactor({ values: [key, ...secrets] }).text(text)
      const response = await send(
        transport(),
        {
          method: 'POST',
          url,
          headers: { authorization: `ApiKey ${key}`, 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify(queryFor(pointer)),
          signal,
          maxResponseBytes: MAX_RESPONSE_BYTES,
        },
        hide,
      )
      if (response.status !== 200) throw refusal(response, url, hide)
      return revisionIn(response, pointer, url)
    },
  }
}

type Hide = (text: string) => string

async function send(
  transport: Transport,
  request: Parameters<Transport['send']>[0],
  hide: Hide,
): Promise<TransportResponse> {
  try {
    return await transport.send(request)
  } catch (error) {
    if (!isPullwrightError(error) || request.signal?.aborted) throw error
    const code = error.code === 'egress-blocked' ? 'configuration' : 'unavailable'
    throw new AgentaApiError(code, `Agenta could not be asked: ${hide(error.message)}`, { cause: error })
  }
}

/** The id or slug of a revision is enough; a version means something only together with its variant. */
function queryFor({ application, variant, revision }: Pointer): JsonObject {
  if (revision.id) return { application_revision_ref: { id: revision.id } }
  if (revision.slug) return { application_revision_ref: { slug: revision.slug } }
  const named = ({ id, slug }: { id?: string | undefined; slug?: string | undefined }) =>
    id ? { id } : slug ? { slug } : null
  const query: JsonObject = {}
  const [app, branch] = [named(application), named(variant)]
  if (app) query.application_ref = app
  if (branch) query.application_variant_ref = branch
  if (revision.version) query.application_revision_ref = { version: revision.version }
  return query
}

function revisionIn(response: TransportResponse, pointer: Pointer, url: string): FetchedRevision {
  const parsed = answer.safeParse(response.truncated ? undefined : json(response.body))
  if (!parsed.success) {
    const why = response.truncated ? `is over ${MAX_RESPONSE_BYTES} bytes` : 'is not what Agenta sends'
    throw new AgentaApiError(
      'configuration',
      `The answer of ${url} ${why}. Is \`baseUrl\` the API's, such as https://HOST/api?`,
    )
  }
  const revision = parsed.data.application_revision
  if (!revision || parsed.data.count === 0) {
    const { id, slug, version } = pointer.revision
    const name = id ?? slug ?? `version ${version ?? '?'} of ${pointer.variant.slug ?? pointer.variant.id}`
    throw new AgentaApiError(
      'not-found',
      `Revision ${name} was not found in Agenta. It was deleted, or \`apiKey\` belongs to another project.`,
    )
  }
  return {
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

function refusal(response: TransportResponse, url: string, hide: Hide): AgentaApiError {
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

function keyMissing(): AgentaApiError {
  return new AgentaApiError(
    'configuration',
    'A deployment arrived, but its configuration cannot be fetched without a key. ' +
      'Give `agenta({ apiKey })` a key of the project that sends the webhook, then retry this task.',
  )
}
