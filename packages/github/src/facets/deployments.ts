import { createHash } from 'node:crypto'
import {
  type CallOptions,
  type ForgeDeployment,
  type ForgeDeploymentStatus,
  type VcsDeployments,
  VcsError,
} from '@pullwright/core'
import { cutText } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient } from '../client.ts'
import { LIMITS } from '../limits.ts'
import { repositoryName } from '../repository-name.ts'
import { allPages, PER_PAGE } from './all-pages.ts'
import type { Viewer } from './viewer.ts'

/** Member of a deployment's payload that holds its identity. */
const PAYLOAD_KEY = 'pullwright'

export function deployments(client: GitHubClient, viewer: Viewer): VcsDeployments {
  return {
    async record(repository: string, deployment: ForgeDeployment, { signal }: CallOptions = {}) {
      const { owner, name: repo } = repositoryName(repository)
      const context: CallContext = { repository, doing: `record a deployment to ${deployment.environment}`, signal }
      const there = await find(client, viewer, deployment, context)
      if (there !== null) return { id: String(there) }
      const { identity, environment, sha, description, production } = deployment
      const { data } = await client.rest(
        (request, common) =>
          request('POST /repos/{owner}/{repo}/deployments', {
            ...{ owner, repo, ref: sha, environment, task: taskOf(identity) },
            payload: { [PAYLOAD_KEY]: identity },
            auto_merge: false,
            required_contexts: [],
            ...(description === undefined ? {} : { description: cutText(description, LIMITS.deploymentDescription) }),
            ...(production === undefined ? {} : { production_environment: production }),
            ...common,
          }),
        { ...context, needs: ['deployments=write'] },
      )
      if ('id' in data) return { id: String(data.id) }
      throw new VcsError('conflict', `GitHub merged the base into ${sha} instead of recording the deployment.`)
    },
    async setStatus(repository: string, id: string, status: ForgeDeploymentStatus, { signal }: CallOptions = {}) {
      const { owner, name: repo } = repositoryName(repository)
      if (!/^\d{1,15}$/.test(id)) throw new VcsError('invalid', `${JSON.stringify(id)} is no id of a deployment.`)
      const context: CallContext = { repository, doing: `set the status of deployment ${id}`, signal }
      const place = { owner, repo, deployment_id: Number(id) }
      const { data } = await client.rest(
        (request, common) =>
          request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
            ...{ ...place, per_page: 1 },
            ...common,
          }),
        { ...context, needs: ['deployments=read'] },
      )
      const [last] = data
      const wanted = {
        state: status.state,
        description: cutText(status.description ?? '', LIMITS.deploymentDescription),
        ...(status.url === undefined ? {} : { environment_url: status.url }),
      }
      const same =
        last?.state === wanted.state &&
        last.description === wanted.description &&
        (last.environment_url ?? '') === (status.url ?? '')
      if (same) return
      await client.rest(
        (request, common) =>
          request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
            // What else runs in this environment is another application's, and goes on running.
            ...{ ...place, ...wanted, auto_inactive: false },
            ...common,
          }),
        { ...context, needs: ['deployments=write'] },
      )
    },
  }
}

/**
 * GitHub lists deployments by their task but not by what is in their payload: the identity's digest is the task, so one
 * request finds it however many there are.
 */
function taskOf(identity: string): string {
  return `deploy:${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`
}

async function find(
  client: GitHubClient,
  viewer: Viewer,
  { identity, environment }: ForgeDeployment,
  context: CallContext,
): Promise<number | bigint | null> {
  const { owner, name: repo } = repositoryName(context.repository)
  const listed = await allPages(async (page) => {
    const { data } = await client.rest(
      (request, common) =>
        request('GET /repos/{owner}/{repo}/deployments', {
          ...{ owner, repo, environment, task: taskOf(identity), page, per_page: PER_PAGE },
          ...common,
        }),
      { ...context, needs: ['deployments=read'] },
    )
    return data
  })
  const marked = listed.filter(({ payload }) => identityIn(payload) === identity)
  if (marked.length === 0) return null
  const self = (await viewer(context)).toLowerCase()
  return marked.find(({ creator }) => creator?.login.toLowerCase() === self)?.id ?? null
}

/** GitHub gives an object back as it came, or as its text. */
function identityIn(payload: unknown): unknown {
  let value = payload
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value)
    } catch {
      return null
    }
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[PAYLOAD_KEY] : null
}
