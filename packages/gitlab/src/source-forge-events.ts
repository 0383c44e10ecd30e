import type { InboundEvent, JsonObject } from '@pullwright/core'
import { objectAt, occurred, present, type Received, textAt } from './payload.ts'

/** States in which a pipeline or job has come to its end: https://docs.gitlab.com/api/pipelines/ */
const CONCLUSIONS: Readonly<Record<string, string>> = {
  success: 'success',
  failed: 'failure',
  canceled: 'cancelled',
  skipped: 'neutral',
}

const BRANCH = 'refs/heads/'

export function pushed({ vcs, repository, payload, actor }: Received): InboundEvent[] {
  const ref = textAt(payload.ref)
  if (!ref.startsWith(BRANCH)) return []
  const branch = ref.slice(BRANCH.length)
  const data = { vcs, repository, branch, before: commitAt(payload.before), after: commitAt(payload.after), ...actor }
  return [{ type: 'push', data, orderingKey: `${repository}:${branch}` }]
}

export function pipelineCompleted({ vcs, repository, payload, actor }: Received): InboundEvent[] {
  const one = objectAt(payload.object_attributes)
  const conclusion = CONCLUSIONS[textAt(one.status)]
  if (conclusion === undefined || typeof one.id !== 'number') return []
  const url = textAt(one.url) || `${textAt(objectAt(payload.project).web_url)}/-/pipelines/${one.id}`
  const { iid } = objectAt(payload.merge_request)
  const data = {
    vcs,
    repository,
    id: String(one.id),
    ...present('name', textAt(one.name)),
    sha: textAt(one.sha),
    ...(one.tag === true ? {} : present('branch', textAt(one.ref))),
    conclusion,
    url,
    ...(typeof iid === 'number' ? { pull_requests: [iid] } : {}),
    ...actor,
  }
  return [{ type: 'pipeline.completed', data, ...occurred(textAt(one.finished_at)) }]
}

/** A job that came to its end. GitLab sends nothing for statuses that others set on a commit. */
export function checkCompleted({ vcs, repository, payload, actor }: Received): InboundEvent[] {
  const conclusion = CONCLUSIONS[textAt(payload.build_status)]
  if (conclusion === undefined) return []
  const ignored = payload.build_allow_failure === true && conclusion === 'failure'
  const home = textAt(objectAt(payload.project).web_url)
  const data = {
    vcs,
    repository,
    name: textAt(payload.build_name),
    sha: textAt(payload.sha),
    conclusion: ignored ? 'neutral' : conclusion,
    ...(home === '' ? {} : { url: `${home}/-/jobs/${payload.build_id}` }),
    ...actor,
  }
  return [{ type: 'check.completed', data, ...occurred(textAt(payload.build_finished_at)) }]
}

/** From a system hook, which names the instance in a header only. */
export function repositoryCreated(vcs: string, payload: JsonObject, instance: string): InboundEvent[] {
  const repository = textAt(payload.path_with_namespace)
  if (repository === '') return []
  const visibility = textAt(payload.project_visibility)
  const data = {
    vcs,
    repository,
    url: `${instance.replace(/\/+$/, '')}/${repository}`,
    ...(visibility === '' ? {} : { private: /private$/.test(visibility) }),
    ...present('default_branch', textAt(payload.default_branch)),
    ...present('actor', textAt(payload.owner_username)),
  }
  return [{ type: 'repository.created', data, ...occurred(textAt(payload.created_at)) }]
}

/** Forty zeros stand for none. */
function commitAt(value: JsonObject[string] | undefined): string | null {
  const sha = textAt(value)
  return sha === '' || /^0+$/.test(sha) ? null : sha
}
