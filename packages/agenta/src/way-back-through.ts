import { isDeepStrictEqual } from 'node:util'
import { type JsonValue, PullwrightError } from '@pullwright/core'
import type { AgentaApi } from './agenta-api.ts'
import { isAgentaApiError } from './agenta-api-error.ts'

/** One app in one environment, by their slugs. */
export interface AgentaPlace {
  app: string
  environment: string
}

/** A version of Agenta's: a whole number where it is one. */
export type AgentaRevisionName = string | number

/** What `gitops` asks of a host, answered by a real Agenta. */
export interface AgentaWayBack {
  deploy(
    request: AgentaPlace & { revision: AgentaRevisionName; variant: string | null; pullRequest: { url: string } },
    call: { signal: AbortSignal },
  ): Promise<{ status: 'succeeded' | 'failed'; message?: string }>
  currentRevision(place: AgentaPlace, call: { signal: AbortSignal }): Promise<AgentaRevisionName | null>
  readConfig(
    place: AgentaPlace,
    call: { signal: AbortSignal },
  ): Promise<{ config: JsonValue; revision: AgentaRevisionName } | null>
  commitRevision(
    edit: AgentaPlace & { baseRevision: AgentaRevisionName; config: JsonValue; message: string },
    call: { signal: AbortSignal },
  ): Promise<{ revision: AgentaRevisionName }>
}

/** The way back over a connection that is there already. */
export function wayBackThrough(api: AgentaApi, project: string | null): AgentaWayBack {
  return {
    async deploy({ app, environment, revision, variant, pullRequest }, { signal }) {
      const pointer = {
        application: { slug: app },
        variant: variant === null ? {} : { slug: variant },
        revision: { version: String(revision) },
      }
      return refusedAsFailed(async () => {
        const [wanted, running] = [
          await api.retrieve(pointer, project, signal),
          await api.deployed({ app, environment }, project, signal),
        ]
        if (wanted.id === null) {
          throw new PullwrightError('invalid-argument', 'Agenta does not tell the id of the revision')
        }
        // An earlier try did it, and its answer was lost.
        if (running?.id === wanted.id) return
        const message = `Asked for by ${pullRequest.url}`
        await api.deploy({ revisionId: wanted.id, environment, message }, project, signal)
      })
    },
    currentRevision: async (place, { signal }) => versionOf(await api.deployed(place, project, signal)),
    async readConfig(place, { signal }) {
      const running = await api.deployed(place, project, signal)
      const revision = versionOf(running)
      return running === null || revision === null ? null : { config: running.parameters, revision }
    },
    commitRevision: async (edit, { signal }) => ({ revision: await commit(api, edit, project, signal) }),
  }
}

async function commit(
  api: AgentaApi,
  { app, environment, baseRevision, config, message }: Parameters<AgentaWayBack['commitRevision']>[0],
  project: string | null,
  signal: AbortSignal,
): Promise<AgentaRevisionName> {
  const running = await api.deployed({ app, environment }, project, signal)
  if (running?.variant_id == null || String(versionOf(running)) !== String(baseRevision)) {
    throw new PullwrightError('conflict', `Revision ${baseRevision} of ${app} does not run in ${environment} any more`)
  }
  const newest = await newestOf(api, { app, variantId: running.variant_id }, project, signal)
  // An earlier try made it, and its answer was lost.
  const isMade = newest !== null && newest.id !== running.id && newest.message === message
  const made =
    isMade && isDeepStrictEqual(newest.parameters, config)
      ? newest
      : await api.commit(
          { variantId: running.variant_id, baseRevisionId: running.id, parameters: config, message },
          project,
          signal,
        )
  const revision = versionOf(made)
  if (revision === null) throw new PullwrightError('invalid-argument', 'Agenta does not tell the version it made')
  return revision
}

/** The last revision of a variant: without a version Agenta answers that one. */
async function newestOf(
  api: AgentaApi,
  { app, variantId }: { app: string; variantId: string },
  project: string | null,
  signal: AbortSignal,
) {
  try {
    return await api.retrieve({ application: { slug: app }, variant: { id: variantId }, revision: {} }, project, signal)
  } catch (error) {
    if (isAgentaApiError(error) && (error.code === 'not-found' || error.code === 'invalid')) return null
    throw error
  }
}

/** What will not work the next time either is an answer; what may is tried again. */
async function refusedAsFailed(
  work: () => Promise<void>,
): Promise<{ status: 'succeeded' | 'failed'; message?: string }> {
  try {
    await work()
    return { status: 'succeeded' }
  } catch (error) {
    if (!isAgentaApiError(error) || (error.code !== 'not-found' && error.code !== 'invalid')) throw error
    return { status: 'failed', message: error.message }
  }
}

/** As the events of `agenta()` have it: a whole number where it is one. */
function versionOf(revision: { version: string | null } | null): AgentaRevisionName | null {
  const version = revision?.version ?? null
  return version !== null && /^(0|[1-9]\d{0,14})$/.test(version) ? Number(version) : version
}
