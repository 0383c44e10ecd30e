import { randomUUID } from 'node:crypto'
import { signWebhook } from '@pullwright/core'
import type { Project } from '../model/entities.ts'
import { isoTime, type World } from '../model/world.ts'
import { ensureUser } from './setup.ts'

export interface DeliveryOrder {
  project: string
  /** `object_kind` of the payload; `project_create` is a system hook. */
  kind: 'merge_request' | 'note' | 'push' | 'pipeline' | 'build' | 'project_create'
  /** With `whsec_` it signs by Standard Webhooks, anything else is sent as `X-Gitlab-Token`. */
  secret: string
  /** Of the merge request that it is about. */
  iid?: number
  /** With `merge_request`: https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events */
  action?: 'open' | 'close' | 'reopen' | 'update' | 'approval' | 'approved' | 'unapproval' | 'unapproved' | 'merge'
  /** Who did it. Default `jane`. */
  by?: string
  /** Members of the payload to put over the usual ones. */
  changes?: Record<string, unknown>
}

/** What a webhook receives: pass it to `/hooks/:source` as it is. */
export interface GitLabDelivery {
  headers: Record<string, string>
  body: string
}

const EVENT_NAMES: Record<DeliveryOrder['kind'], string> = {
  merge_request: 'Merge Request Hook',
  note: 'Note Hook',
  push: 'Push Hook',
  pipeline: 'Pipeline Hook',
  build: 'Job Hook',
  project_create: 'System Hook',
}

export async function makeDelivery(world: World, project: Project, order: DeliveryOrder): Promise<GitLabDelivery> {
  const uuid = randomUUID()
  const body = JSON.stringify({ ...(await payloadOf(world, project, order)), ...order.changes })
  const timestamp = new Date(world.now())
  const signed = signWebhook('gitlab', { secrets: order.secret, id: uuid, timestamp, body })
  const lower = Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value])
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitLab/19.0.0',
      'x-gitlab-event': EVENT_NAMES[order.kind],
      'x-gitlab-instance': world.webUrl,
      'x-gitlab-webhook-uuid': randomUUID(),
      'x-gitlab-event-uuid': uuid,
      'idempotency-key': uuid,
      ...Object.fromEntries(lower),
    },
  }
}

async function payloadOf(world: World, project: Project, order: DeliveryOrder): Promise<Record<string, unknown>> {
  const user = ensureUser(world, order.by ?? 'jane')
  const actor = { id: user.id, name: user.name, username: user.username, email: '[REDACTED]' }
  const common = { user: actor, project: projectPart(world, project) }
  switch (order.kind) {
    case 'merge_request':
      return {
        object_kind: 'merge_request',
        event_type: 'merge_request',
        ...common,
        object_attributes: { ...mergeRequestPart(world, project, order.iid), action: order.action ?? 'open' },
        labels: [],
        changes: {},
      }
    case 'note':
      return {
        object_kind: 'note',
        event_type: 'note',
        ...common,
        project_id: project.id,
        object_attributes: {
          id: 1,
          note: 'Looks good',
          noteable_type: 'MergeRequest',
          system: false,
          action: 'create',
        },
        merge_request: mergeRequestPart(world, project, order.iid),
      }
    case 'push': {
      const head = await project.git.resolve(`refs/heads/${project.defaultBranch}`)
      return {
        object_kind: 'push',
        event_name: 'push',
        before: (await project.git.resolve(`${head}^`)) ?? '0'.repeat(40),
        after: head,
        ref: `refs/heads/${project.defaultBranch}`,
        user_username: user.username,
        user_name: user.name,
        project: common.project,
      }
    }
    case 'pipeline':
      return {
        object_kind: 'pipeline',
        ...common,
        object_attributes: pipelinePart(world, project),
        merge_request: null,
      }
    case 'build': {
      const { id, ref, sha } = pipelinePart(world, project)
      const job = { build_id: id, build_name: 'test', build_stage: 'test', build_status: 'success' }
      return { object_kind: 'build', ref, tag: false, sha, ...job, ...common, repository: { name: project.path } }
    }
    default:
      return {
        event_name: 'project_create',
        created_at: isoTime(project.createdAt),
        name: project.path.split('/').at(-1),
        path_with_namespace: project.path,
        project_id: project.id,
        project_visibility: project.visibility,
      }
  }
}

function projectPart(world: World, project: Project) {
  return {
    id: project.id,
    name: project.path.split('/').at(-1),
    web_url: `${world.webUrl}/${project.path}`,
    path_with_namespace: project.path,
    default_branch: project.defaultBranch,
    visibility_level: { private: 0, internal: 10, public: 20 }[project.visibility],
  }
}

function pipelinePart(world: World, project: Project) {
  const one = project.pipelines.at(-1)
  const [id, ref, sha, status] = [one?.id ?? 1, one?.ref ?? 'main', one?.sha ?? '', one?.status ?? 'success']
  const url = `${world.webUrl}/${project.path}/-/pipelines/${id}`
  return { id, iid: id, name: null, ref, tag: false, sha, status, detailed_status: status, source: 'push', url }
}

function mergeRequestPart(world: World, project: Project, iid: number | undefined) {
  const one = project.mergeRequests.find((candidate) => candidate.iid === iid)
  if (one === undefined) throw new Error(`The fake has no merge request ${project.path}!${iid}.`)
  return {
    id: one.id,
    iid: one.iid,
    title: one.title,
    description: one.description,
    state: one.state,
    source_branch: one.sourceBranch,
    target_branch: one.targetBranch,
    source_project_id: project.id,
    target_project_id: project.id,
    merge_commit_sha: one.mergeCommitSha,
    last_commit: { id: one.sha },
    labels: one.labels.map((title) => ({ title })),
    updated_at: isoTime(one.updatedAt),
    url: `${world.webUrl}/${project.path}/-/merge_requests/${one.iid}`,
  }
}
