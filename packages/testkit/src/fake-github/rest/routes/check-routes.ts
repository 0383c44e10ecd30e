import { demand } from '../../model/access.ts'
import type { CheckAnnotation, CheckRun } from '../../model/entities.ts'
import { type CheckRunEdit, createCheckRun, editCheckRun, latestRuns } from '../../operations/check-runs.ts'
import { annotationBody, checkRunBody } from '../bodies/status-bodies.ts'
import { notFound, paged, type RestCall, type RestRoutes, repositoryOf, required, text } from '../rest-call.ts'
import { commitOf } from './status-routes.ts'

const RUN = '/repos/{owner}/{repo}/check-runs/{check_run_id}'

export const checkRoutes: RestRoutes = {
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': async (call) => {
    const { repository, sha } = await commitOf(call, 'checks')
    const [name, status] = [call.query.get('check_name'), call.query.get('status')?.toUpperCase()]
    const all = repository.checkRuns.filter((run) => run.sha === sha)
    const runs = (call.query.get('filter') === 'all' ? all : latestRuns(all)).filter((run) => {
      return (name === null || run.name === name) && (status === undefined || run.status === status)
    })
    const render = (run: CheckRun) => checkRunBody(call.world, run)
    return paged(call, runs, render, (check_runs) => ({ total_count: runs.length, check_runs }))
  },
  'POST /repos/{owner}/{repo}/check-runs': async (call) => {
    const edit = editOf(call)
    const { world } = call
    const fresh = {
      status: 'QUEUED' as const,
      ...{ conclusion: null, detailsUrl: null, externalId: null, completedAt: null },
      output: { title: null, summary: null, text: null },
      ...edit,
      sha: required(call, 'head_sha'),
      name: required(call, 'name'),
      startedAt: Date.parse(text(call, 'started_at') ?? '') || world.now(),
    }
    const run = await createCheckRun(world, call.session, repositoryOf(call), fresh, annotationsOf(call))
    return { status: 201, body: checkRunBody(world, run) }
  },
  [`GET ${RUN}`]: (call) => ({ status: 200, body: checkRunBody(call.world, readable(call)) }),
  [`PATCH ${RUN}`]: async (call) => {
    const run = await editCheckRun(call.world, call.session, runOf(call), editOf(call), annotationsOf(call))
    return { status: 200, body: checkRunBody(call.world, run) }
  },
  [`GET ${RUN}/annotations`]: (call) => {
    const run = readable(call)
    return paged(call, run.annotations, (annotation) => annotationBody(call.world, run, annotation))
  },
}

function runOf(call: RestCall): CheckRun {
  const id = Number(call.params.check_run_id)
  const found = repositoryOf(call).checkRuns.find((run) => run.databaseId === id)
  if (found === undefined) throw notFound()
  return found
}

function readable(call: RestCall): CheckRun {
  demand(call.session, repositoryOf(call), { permissions: ['checks'], level: 'read' })
  return runOf(call)
}

/** Only what the body names; a conclusion completes the run. */
function editOf(call: RestCall): CheckRunEdit {
  const given = (name: string) => text(call, name) ?? undefined
  const conclusion = given('conclusion')?.toUpperCase()
  const status = (conclusion === undefined ? given('status')?.toUpperCase() : 'COMPLETED') as CheckRun['status']
  const output = call.body.output as { title?: string; summary?: string; text?: string } | undefined
  const edit = {
    name: given('name'),
    detailsUrl: given('details_url'),
    externalId: given('external_id'),
    status,
    ...(status === undefined ? {} : { conclusion: conclusion ?? null }),
    ...(status === 'COMPLETED'
      ? { completedAt: Date.parse(given('completed_at') ?? '') || call.world.now() }
      : { completedAt: status === undefined ? undefined : null }),
    output:
      output === undefined
        ? undefined
        : { title: output.title ?? null, summary: output.summary ?? null, text: output.text ?? null },
  }
  return Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined))
}

function annotationsOf(call: RestCall): CheckAnnotation[] {
  const { annotations = [] } = (call.body.output ?? {}) as { annotations?: Partial<CheckAnnotation>[] }
  return annotations.map((one) => ({
    path: one.path ?? '',
    start_line: one.start_line ?? 1,
    end_line: one.end_line ?? one.start_line ?? 1,
    annotation_level: one.annotation_level ?? 'notice',
    message: one.message ?? '',
    title: one.title ?? null,
  }))
}
