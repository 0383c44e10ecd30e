import type { InboundEvent, JsonObject, JsonValue } from '@pullwright/core'
import { actorOf, listAt, objectAt, occurred, present, type Received, repositoryOf, textAt } from './source-payload.ts'

const BRANCH = 'refs/heads/'

/** To a branch; tags are none. */
export function pushed(received: Received): InboundEvent[] {
  const { vcs, payload } = received
  const ref = textAt(payload.ref)
  const repository = repositoryOf(received)
  if (!ref.startsWith(BRANCH) || repository === '') return []
  const branch = ref.slice(BRANCH.length)
  const [before, after] = [commitAt(payload.before), commitAt(payload.after)]
  const data = { ...{ vcs, repository, branch, before, after, forced: payload.forced === true }, ...actorOf(received) }
  return [{ type: 'push', data, orderingKey: `${repository}:${branch}` }]
}

/** A workflow that came to its end. */
export function pipelineEnded(received: Received): InboundEvent[] {
  const { vcs, payload } = received
  const run = objectAt(payload.workflow_run)
  const conclusion = conclusionOf(run.conclusion)
  const repository = repositoryOf(received)
  if (payload.action !== 'completed' || conclusion === null || repository === '') return []
  const data = {
    ...{ vcs, repository, id: String(run.id), conclusion, sha: textAt(run.head_sha), url: textAt(run.html_url) },
    ...present('name', textAt(run.name)),
    ...present('branch', textAt(run.head_branch)),
    ...pullRequestsOf(run),
    ...actorOf(received),
  }
  return [{ type: 'pipeline.completed', data, ...occurred(textAt(run.updated_at)) }]
}

export function checkEnded(received: Received): InboundEvent[] {
  const { vcs, payload } = received
  const run = objectAt(payload.check_run)
  const conclusion = conclusionOf(run.conclusion)
  const repository = repositoryOf(received)
  if (payload.action !== 'completed' || conclusion === null || repository === '') return []
  const data = {
    ...{ vcs, repository, name: textAt(run.name), sha: textAt(run.head_sha), conclusion },
    ...present('url', textAt(run.html_url) || textAt(run.details_url)),
    ...pullRequestsOf(run),
    ...actorOf(received),
  }
  return [{ type: 'check.completed', data, ...occurred(textAt(run.completed_at)) }]
}

/** A commit status that is not pending any more. */
export function statusSet(received: Received): InboundEvent[] {
  const { vcs, payload } = received
  const state = textAt(payload.state)
  const repository = repositoryOf(received)
  if (state === 'pending' || state === '' || repository === '') return []
  const data = {
    ...{ vcs, repository, name: textAt(payload.context), sha: textAt(payload.sha) },
    conclusion: state === 'success' ? 'success' : 'failure',
    ...present('url', textAt(payload.target_url)),
    ...actorOf(received),
  }
  return [{ type: 'check.completed', data, ...occurred(textAt(payload.updated_at)) }]
}

export function repositoryMade(received: Received): InboundEvent[] {
  const { vcs, payload } = received
  const one = objectAt(payload.repository)
  if (payload.action !== 'created' || repositoryOf(received) === '') return []
  const data = {
    ...{ vcs, repository: repositoryOf(received), url: textAt(one.html_url) },
    ...privacyOf(one),
    ...present('default_branch', textAt(one.default_branch)),
    ...actorOf(received),
  }
  return [{ type: 'repository.created', data, ...occurred(textAt(one.created_at)) }]
}

/** Repositories that an app got to reach: each is new to us. GitHub gives their names and no addresses. */
export function repositoriesAdded(received: Received): InboundEvent[] {
  const { vcs, payload } = received
  const added = { created: payload.repositories, added: payload.repositories_added }[textAt(payload.action)]
  const home = textAt(objectAt(objectAt(payload.installation).account).html_url)
  if (!URL.canParse(home)) return []
  return listAt(added).flatMap((one) => {
    const repository = textAt(one.full_name)
    if (repository === '') return []
    const url = new URL(`/${repository}`, home).href
    return [{ type: 'repository.created', data: { vcs, repository, url, ...privacyOf(one), ...actorOf(received) } }]
  })
}

/** GitHub's conclusions in words that fit all forges: https://docs.github.com/rest/checks/runs */
const CONCLUSIONS: Readonly<Record<string, string>> = {
  success: 'success',
  neutral: 'neutral',
  skipped: 'neutral',
  failure: 'failure',
  timed_out: 'failure',
  startup_failure: 'failure',
  cancelled: 'cancelled',
  stale: 'cancelled',
  action_required: 'action_required',
}

function conclusionOf(value: JsonValue | undefined): string | null {
  return CONCLUSIONS[textAt(value)] ?? null
}

function pullRequestsOf(run: JsonObject): JsonObject {
  const numbers = listAt(run.pull_requests).flatMap(({ number }) => (typeof number === 'number' ? [number] : []))
  return numbers.length === 0 ? {} : { pull_requests: numbers }
}

function privacyOf(repository: JsonObject): JsonObject {
  return typeof repository.private === 'boolean' ? { private: repository.private } : {}
}

/** Forty zeros stand for none. */
function commitAt(value: JsonValue | undefined): string | null {
  const sha = textAt(value)
  return sha === '' || /^0+$/.test(sha) ? null : sha
}
