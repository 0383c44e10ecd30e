import type { InboundEvent, JsonObject, JsonValue } from '@pullwright/core'
import { nameAt, objectAt, present, textAt } from './source-json.ts'

/** One for each branch of the push; tags are left out. */
export function pushEvents(vcs: string, payload: JsonObject): InboundEvent[] {
  const repository = textAt(payload, 'repository', 'full_name')
  const { changes } = objectAt(payload, 'push')
  if (repository === '' || !Array.isArray(changes)) return []
  return changes.flatMap((change) => {
    const [before, after] = [branchAt(change, 'old'), branchAt(change, 'new')]
    const branch = after?.name ?? before?.name
    if (branch === undefined) return []
    const { forced } = objectAt(change)
    const data = {
      vcs,
      repository,
      branch,
      before: before?.commit ?? null,
      after: after?.commit ?? null,
      ...(typeof forced === 'boolean' ? { forced } : {}),
      ...present('actor', nameAt(payload, 'actor')),
    }
    return [{ type: 'push', data, orderingKey: `${repository}@${branch}` }]
  })
}

function branchAt(change: JsonValue, side: 'old' | 'new'): { name: string; commit: string } | null {
  const end = objectAt(change, side)
  if (textAt(end, 'type') !== 'branch' && textAt(end, 'type') !== 'named_branch') return null
  return { name: textAt(end, 'name'), commit: textAt(end, 'target', 'hash') }
}

/** Bitbucket's states of a build that has come to its end. */
const CONCLUSIONS: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'success',
  FAILED: 'failure',
  STOPPED: 'cancelled',
}

/** Bitbucket Pipelines reports as a build like any other: its page tells it apart. */
export function commitStatusEvent(vcs: string, payload: JsonObject): InboundEvent | null {
  const status = objectAt(payload, 'commit_status')
  const repository = textAt(payload, 'repository', 'full_name')
  const conclusion = CONCLUSIONS[textAt(status, 'state')]
  const sha =
    textAt(status, 'commit', 'hash') ||
    (/\/commit\/([0-9a-f]{7,40})/.exec(textAt(status, 'links', 'commit', 'href'))?.[1] ?? '')
  if (conclusion === undefined || repository === '' || sha === '') return null
  const url = textAt(status, 'url')
  const name = textAt(status, 'name') || textAt(status, 'key')
  const pipeline = /\/pipelines\/(?:home#!\/)?results\/(\d+)/.exec(url)?.[1]
  const common = { vcs, repository, sha, conclusion }
  const occurredAt = Date.parse(textAt(status, 'updated_on'))
  const when = { orderingKey: `${repository}@${sha}`, ...(Number.isNaN(occurredAt) ? {} : { occurredAt }) }
  if (pipeline === undefined) {
    return { type: 'check.completed', data: { ...common, name, ...present('url', url) }, ...when }
  }
  const branch = present('branch', textAt(status, 'refname'))
  return {
    type: 'pipeline.completed',
    data: { ...common, id: pipeline, ...present('name', name), ...branch, url },
    ...when,
  }
}

export function repositoryEvent(vcs: string, payload: JsonObject): InboundEvent | null {
  const repository = objectAt(payload, 'repository')
  const name = textAt(repository, 'full_name')
  if (name === '') return null
  const { is_private } = repository
  return {
    type: 'repository.created',
    data: {
      vcs,
      repository: name,
      url: textAt(repository, 'links', 'html', 'href'),
      ...(typeof is_private === 'boolean' ? { private: is_private } : {}),
      ...present('default_branch', textAt(repository, 'mainbranch', 'name')),
    },
    orderingKey: name,
  }
}
