import {
  createRedactor,
  isPullwrightError,
  type JsonObject,
  type JsonValue,
  type Transport,
  type TransportResponse,
} from '@pullwright/core'
import { type FetchedRevision, type Hide, MAX_RESPONSE_BYTES, refusal, revisionIn } from './agenta-answer.ts'
import { AgentaApiError } from './agenta-api-error.ts'
import type { Pointer } from './committed-event.ts'

export interface AgentaApiOptions {
  baseUrl: string
  /** The key for a project of Agenta's; undefined where the host gave none. */
  apiKey: (agentaProjectId: string | null) => string | undefined | Promise<string | undefined>
  transport: () => Transport
  /** Hidden, like the key, wherever Agenta repeats them. */
  secrets?: readonly string[]
}

export interface AgentaApi {
  /** Throws `AgentaApiError`; `not-found` where Agenta has no such revision. */
  retrieve(pointer: Pointer, agentaProjectId: string | null, signal: AbortSignal): Promise<FetchedRevision>
  /** What runs of an application in an environment; null where nothing does. */
  deployed(
    at: { app: string; environment: string },
    agentaProjectId: string | null,
    signal: AbortSignal,
  ): Promise<FetchedRevision | null>
  /** Puts a revision into an environment. */
  deploy(order: DeployOrder, agentaProjectId: string | null, signal: AbortSignal): Promise<void>
  /** Makes a new revision of a variant; answers it. */
  commit(order: CommitOrder, agentaProjectId: string | null, signal: AbortSignal): Promise<FetchedRevision>
}

export interface DeployOrder {
  revisionId: string
  /** Its slug. */
  environment: string
  message: string
}

export interface CommitOrder {
  variantId: string
  baseRevisionId: string | null
  parameters: JsonValue
  message: string
}

/** Agenta's configuration API: `POST {baseUrl}/applications/revisions/…`. */
export function createAgentaApi({ baseUrl, apiKey, transport, secrets = [] }: AgentaApiOptions): AgentaApi {
  const root = `${baseUrl.replace(/\/+$/, '')}/applications/revisions`

  return {
    async retrieve(pointer, agentaProjectId, signal) {
      const { response, url } = await post('retrieve', queryFor(pointer), agentaProjectId, signal)
      const revision = revisionIn(response, url)
      if (revision === null) throw notFound(pointer)
      return revision
    },
    async deployed({ app, environment }, agentaProjectId, signal) {
      const query = { application_ref: { slug: app }, environment_ref: { slug: environment } }
      const { response, url } = await post('retrieve', query, agentaProjectId, signal)
      return revisionIn(response, url)
    },
    async deploy({ revisionId, environment, message }, agentaProjectId, signal) {
      const order = { application_revision_ref: { id: revisionId }, environment_ref: { slug: environment }, message }
      await post('deploy', order, agentaProjectId, signal)
    },
    async commit({ variantId, baseRevisionId, parameters, message }, agentaProjectId, signal) {
      const revision = {
        application_variant_id: variantId,
        data: { parameters },
        message,
        ...(baseRevisionId === null ? {} : { base_revision_id: baseRevisionId }),
      }
      const { response, url } = await post('commit', { application_revision: revision }, agentaProjectId, signal)
      const made = revisionIn(response, url)
      if (made === null) throw new AgentaApiError('invalid', 'Agenta made no revision of what was committed.')
      return made
    },
  }

  async function post(verb: string, body: JsonValue, agentaProjectId: string | null, signal: AbortSignal) {
    const key = await apiKey(agentaProjectId)
    if (!key) throw keyMissing()
    const hide: Hide = (text) => createRedactor({ values: [key, ...secrets] }).text(text)
    const url = `${root}/${verb}`
    const response = await send(
      transport(),
      {
        method: 'POST',
        url,
        headers: { authorization: `ApiKey ${key}`, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        signal,
        maxResponseBytes: MAX_RESPONSE_BYTES,
      },
      hide,
    )
    if (response.status !== 200) throw refusal(response, url, hide)
    return { response, url }
  }
}

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

function keyMissing(): AgentaApiError {
  return new AgentaApiError(
    'configuration',
    'A deployment arrived, but its configuration cannot be fetched without a key. ' +
      'Give `agenta({ apiKey })` a key of the project that sends the webhook, then retry this task.',
  )
}

function notFound({ revision, variant }: Pointer): AgentaApiError {
  const name = revision.id ?? revision.slug ?? `version ${revision.version ?? '?'} of ${variant.slug ?? variant.id}`
  return new AgentaApiError(
    'not-found',
    `Revision ${name} was not found in Agenta. It was deleted, or \`apiKey\` belongs to another project.`,
  )
}
