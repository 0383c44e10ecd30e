import { demand } from '../../model/access.ts'
import type { CheckRun } from '../../model/entities.ts'
import { Refusal } from '../../model/refusal.ts'
import { latestStatuses } from '../../operations/merge-state.ts'
import { createCheckRun, createDeployment, createStatus } from '../../operations/statuses.ts'
import { checkRunBody, combinedStatus, deploymentBody, statusBody } from '../bodies/status-bodies.ts'
import { paged, type RestCall, type RestRoutes, repositoryOf, required, text, texts } from '../rest-call.ts'
import { noCommit } from './git-routes.ts'

const COMMIT = '/repos/{owner}/{repo}/commits/{ref}'

export const statusRoutes: RestRoutes = {
  'POST /repos/{owner}/{repo}/statuses/{sha}': async (call) => {
    const repository = repositoryOf(call)
    const status = await createStatus(call.world, call.session, repository, call.params.sha ?? '', {
      state: required(call, 'state'),
      context: text(call, 'context') ?? 'default',
      description: text(call, 'description'),
      targetUrl: text(call, 'target_url'),
    })
    return { status: 201, body: statusBody(call.world, repository, status) }
  },
  [`GET ${COMMIT}/status`]: async (call) => {
    const { repository, sha } = await commitOf(call, 'statuses')
    const latest = latestStatuses(repository.statuses, sha)
    return { status: 200, body: combinedStatus(call.world, call.session, repository, sha, latest) }
  },
  [`GET ${COMMIT}/statuses`]: async (call) => {
    const { repository, sha } = await commitOf(call, 'statuses')
    const all = repository.statuses.filter((status) => status.sha === sha).reverse()
    return paged(call, all, (status) => statusBody(call.world, repository, status))
  },
  [`GET ${COMMIT}/check-runs`]: async (call) => {
    const { repository, sha } = await commitOf(call, 'checks')
    const runs = repository.checkRuns.filter((run) => run.sha === sha)
    const render = (run: CheckRun) => checkRunBody(call.world, run)
    return paged(call, runs, render, (check_runs) => ({ total_count: runs.length, check_runs }))
  },
  'POST /repos/{owner}/{repo}/check-runs': async (call) => {
    const run = await createCheckRun(call.world, call.session, repositoryOf(call), newCheckRun(call))
    return { status: 201, body: checkRunBody(call.world, run) }
  },
  'POST /repos/{owner}/{repo}/deployments': deploy,
}

async function commitOf(call: RestCall, permission: 'statuses' | 'checks') {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: [permission], level: 'read' })
  const sha = await repository.git.resolve(call.params.ref ?? '')
  if (sha === null) throw noCommit(call.params.ref ?? '')
  return { repository, sha }
}

function newCheckRun(call: RestCall) {
  const output = (call.body.output ?? {}) as { title?: string; summary?: string; text?: string }
  const conclusion = text(call, 'conclusion')?.toUpperCase() ?? null
  const status = conclusion === null ? (text(call, 'status') ?? 'queued').toUpperCase() : 'COMPLETED'
  return {
    sha: required(call, 'head_sha'),
    name: required(call, 'name'),
    status: status as CheckRun['status'],
    conclusion,
    detailsUrl: text(call, 'details_url'),
    externalId: text(call, 'external_id'),
    output: { title: output.title ?? null, summary: output.summary ?? null, text: output.text ?? null },
    startedAt: Date.parse(text(call, 'started_at') ?? '') || call.world.now(),
    completedAt: status === 'COMPLETED' ? Date.parse(text(call, 'completed_at') ?? '') || call.world.now() : null,
  }
}

async function deploy(call: RestCall) {
  const repository = repositoryOf(call)
  const ref = required(call, 'ref')
  if (call.body.auto_merge !== false) {
    throw new Refusal('UNPROCESSABLE', 'fakeGitHub only models deployments with auto_merge: false')
  }
  const sha = await repository.git.resolve(ref)
  if (sha === null)
    throw new Refusal('UNPROCESSABLE', `No ref found for: ${ref}`, { restMessage: `No ref found for: ${ref}` })
  const latest = latestStatuses(repository.statuses, sha)
  const missing = texts(call, 'required_contexts').filter((name) => {
    return latest.find((status) => status.context === name)?.state !== 'success'
  })
  if (missing.length > 0)
    throw new Refusal('STALE_DATA', `Conflict: Commit status checks failed for ${ref}.`, { status: 409 })
  const { payload } = call.body
  const made = createDeployment(call.world, call.session, repository, {
    sha,
    ref,
    environment: text(call, 'environment') ?? 'production',
    task: text(call, 'task') ?? 'deploy',
    description: text(call, 'description') ?? '',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload ?? {}),
  })
  return { status: 201, body: deploymentBody(call.world, made) }
}
