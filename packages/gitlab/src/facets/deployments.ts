import { Deployments } from '@gitbeaker/rest'
import {
  type CallOptions,
  type ForgeDeployment,
  type ForgeDeploymentStatus,
  isVcsError,
  type VcsDeployments,
  VcsError,
} from '@pullwright/core'
import type { GitLabClient } from '../client.ts'
import { projectPath } from '../project-path.ts'

/** GitLab knows no state before `running`, and takes none back once it is over. */
const STATES = {
  pending: 'running',
  in_progress: 'running',
  success: 'success',
  failure: 'failed',
  inactive: 'canceled',
} as const satisfies Record<ForgeDeploymentStatus['state'], string>

const OVER: ReadonlySet<string> = new Set(['success', 'failed', 'canceled'])

/**
 * Records under *Operate → Environments*. GitLab has no field for an identity, so one of the same commit, branch and
 * environment by our account is the same deployment.
 */
export function deployments(client: GitLabClient): VcsDeployments {
  return {
    async record(repository: string, deployment: ForgeDeployment, { signal }: CallOptions = {}) {
      const project = projectPath(repository)
      const { environment, sha, branch: ref = sha } = deployment
      const context = { repository, doing: `record a deployment to ${environment}`, needs: ['role: Developer'], signal }
      const { username } = await client.viewer(context)
      const there = await client.rest(context, (to) =>
        new Deployments(to).all(project, { environment, orderBy: 'id', sort: 'desc', perPage: 50, maxPages: 1 }),
      )
      const ours = there.find((one) => one.sha === sha && one.ref === ref && one.user?.username === username)
      if (ours !== undefined) return { id: String(ours.id) }
      const { id } = await client.rest(context, (to) =>
        new Deployments(to).create(project, environment, sha, ref, false, { status: 'running' }),
      )
      return { id: String(id) }
    },
    async setStatus(repository: string, id: string, status: ForgeDeploymentStatus, { signal }: CallOptions = {}) {
      const project = projectPath(repository)
      if (!/^\d+$/.test(id)) throw new VcsError('invalid', `${JSON.stringify(id)} is no id of a deployment.`)
      const context = { repository, doing: `set the status of deployment ${id}`, needs: ['role: Developer'], signal }
      const state = STATES[status.state]
      const there = await client.rest(context, (to) => new Deployments(to).show(project, Number(id)))
      if (there.status === state || OVER.has(there.status)) return
      try {
        await client.rest(context, (to) => new Deployments(to).edit(project, Number(id), state))
      } catch (error) {
        if (!isVcsError(error) || !/cannot transition/i.test(error.message)) throw error
      }
    },
  }
}
