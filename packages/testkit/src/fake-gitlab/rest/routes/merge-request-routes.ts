import { demandRole, mayMerge } from '../../model/access.ts'
import type { MergeRequest, Note } from '../../model/entities.ts'
import { badParameter, forbidden, notFound, unauthorized } from '../../model/refusal.ts'
import { isoTime } from '../../model/world.ts'
import { createMergeRequest, type MergeRequestFields, updateMergeRequest } from '../../operations/merge-requests.ts'
import { acceptMergeRequest, cancelAutoMerge, runAutoMerges } from '../../operations/merging.ts'
import { commitBody, mergeRequestBody, noteBody } from '../bodies.ts'
import {
  type Call,
  created,
  flag,
  ids,
  mergeRequestOf,
  names,
  ok,
  paged,
  projectOf,
  type Routes,
  reads,
  required,
  text,
} from '../call.ts'
import { userBody } from '../user-body.ts'

const ALL = '/projects/:id/merge_requests'
const ONE = `${ALL}/:iid`

export const mergeRequestRoutes: Routes = {
  [`GET ${ALL}`]: list,
  [`POST ${ALL}`]: async (call) => {
    const project = projectOf(call)
    const made = await createMergeRequest(
      call.world,
      call.session,
      project,
      required(call, 'source_branch'),
      fieldsOf(call),
    )
    return created(await mergeRequestBody(call.world, made))
  },
  [`GET ${ONE}`]: async (call) => ok(await mergeRequestBody(call.world, readable(call))),
  [`PUT ${ONE}`]: async (call) => {
    const mergeRequest = mergeRequestOf(call)
    updateMergeRequest(call.world, call.session, mergeRequest, fieldsOf(call))
    return ok(await mergeRequestBody(call.world, mergeRequest))
  },
  [`PUT ${ONE}/merge`]: async (call) => {
    const mergeRequest = mergeRequestOf(call)
    await acceptMergeRequest(call.world, call.session, mergeRequest, {
      sha: text(call, 'sha'),
      autoMerge: flag(call, 'auto_merge') ?? flag(call, 'merge_when_pipeline_succeeds') ?? false,
      squash: flag(call, 'squash'),
      removeSourceBranch: flag(call, 'should_remove_source_branch'),
    })
    return ok(await mergeRequestBody(call.world, mergeRequest))
  },
  [`POST ${ONE}/cancel_merge_when_pipeline_succeeds`]: async (call) => {
    const mergeRequest = mergeRequestOf(call)
    cancelAutoMerge(call.session, mergeRequest)
    return created(await mergeRequestBody(call.world, mergeRequest))
  },
  [`GET ${ONE}/commits`]: async (call) => {
    const { project, targetBranch, sha } = readable(call)
    const base = (await project.git.resolve(`refs/heads/${targetBranch}`)) ?? sha
    const { commits } = await project.git.compare(base, sha)
    return paged(call, commits.reverse(), async (oid) => {
      const commit = await project.git.commitAt(oid)
      return commit === null ? null : commitBody(call.world, project, commit)
    })
  },
  [`GET ${ONE}/diffs`]: async (call) => {
    const { project, targetBranch, sha, mergedOnto } = readable(call)
    const target = mergedOnto ?? (await project.git.resolve(`refs/heads/${targetBranch}`)) ?? sha
    const files = await project.git.diff((await project.git.mergeBase(target, sha)) ?? target, sha)
    return paged(call, files, ({ path, status }) => ({
      old_path: path,
      new_path: path,
      new_file: status === 'A',
      renamed_file: false,
      deleted_file: status === 'D',
      diff: '',
    }))
  },
  [`GET ${ONE}/notes`]: (call) => {
    const mergeRequest = readable(call)
    const sign = call.query.get('sort') === 'asc' ? 1 : -1
    const notes = [...mergeRequest.notes].sort((a, b) => sign * (a.id - b.id))
    return paged(call, notes, (note) => noteBody(call.world, mergeRequest, note))
  },
  [`POST ${ONE}/notes`]: (call) => {
    const mergeRequest = mergeRequestOf(call)
    const { user } = call.session
    if (user === null) throw unauthorized()
    if (mergeRequest.project.visibility === 'private') demandRole(call.session, mergeRequest.project, 'reporter')
    const at = call.world.now()
    const note: Note = {
      id: call.world.nextId(),
      body: required(call, 'body'),
      author: user,
      system: false,
      createdAt: at,
      updatedAt: at,
    }
    mergeRequest.notes.push(note)
    return created(noteBody(call.world, mergeRequest, note))
  },
  [`PUT ${ONE}/notes/:note_id`]: (call) => {
    const mergeRequest = mergeRequestOf(call)
    const note = mergeRequest.notes.find(({ id }) => id === Number(call.params.note_id))
    if (note === undefined) throw notFound()
    if (note.author !== call.session.user) demandRole(call.session, mergeRequest.project, 'maintainer')
    note.body = required(call, 'body')
    note.updatedAt = call.world.now()
    return ok(noteBody(call.world, mergeRequest, note))
  },
  [`GET ${ONE}/approvals`]: (call) => {
    const mergeRequest = readable(call)
    const { project, approvals } = mergeRequest
    const left = Math.max(project.requiredApprovals - approvals.length, 0)
    return ok({
      approved: left === 0,
      approved_by: approvals.map(({ user, at }) => ({ user: userBody(call.world, user), approved_at: isoTime(at) })),
      ...(project.premium ? { approvals_required: project.requiredApprovals, approvals_left: left } : {}),
    })
  },
  [`POST ${ONE}/approve`]: async (call) => {
    const mergeRequest = mergeRequestOf(call)
    const { user } = call.session
    demandRole(call.session, mergeRequest.project, 'developer')
    if (user === null || user === mergeRequest.author) throw unauthorized()
    if (!mergeRequest.approvals.some((one) => one.user === user)) {
      mergeRequest.approvals.push({ user, at: call.world.now() })
    }
    await runAutoMerges(call.world, [mergeRequest])
    return created({ approved_by: mergeRequest.approvals.map((one) => ({ user: userBody(call.world, one.user) })) })
  },
  'GET /projects/:id/approval_rules': (call) => {
    const project = projectOf(call)
    reads(call)
    if (!project.premium) throw notFound()
    if (call.session.user === null || !mayMerge(call.session.user, project, project.defaultBranch)) throw forbidden()
    const rule = { id: 1, name: 'All Members', rule_type: 'any_approver', protected_branches: [] }
    const rules = project.requiredApprovals === 0 ? [] : [{ ...rule, approvals_required: project.requiredApprovals }]
    return paged(call, rules, (one) => one)
  },
}

function readable(call: Call): MergeRequest {
  reads(call)
  const mergeRequest = mergeRequestOf(call)
  if (mergeRequest.project.visibility === 'private') demandRole(call.session, mergeRequest.project, 'reporter')
  return mergeRequest
}

function list(call: Call) {
  reads(call)
  const project = projectOf(call)
  if (project.visibility === 'private') demandRole(call.session, project, 'reporter')
  const { query } = call
  const state = query.get('state') ?? 'all'
  const wanted = (name: string, value: string) => query.get(name) === null || query.get(name) === value
  const found = project.mergeRequests.filter(
    (one) =>
      (state === 'all' || one.state === state) &&
      wanted('source_branch', one.sourceBranch) &&
      wanted('target_branch', one.targetBranch) &&
      wanted('author_username', one.author.username) &&
      (query.get('scope') !== 'created_by_me' || one.author === call.session.user) &&
      `${one.title} ${one.description}`.toLowerCase().includes((query.get('search') ?? '').toLowerCase()),
  )
  const key = query.get('order_by') === 'updated_at' ? 'updatedAt' : 'createdAt'
  const sign = query.get('sort') === 'asc' ? 1 : -1
  const sorted = found.sort((a, b) => sign * (a[key] - b[key] || a.id - b.id))
  return paged(call, sorted, (one) => mergeRequestBody(call.world, one))
}

function fieldsOf(call: Call): MergeRequestFields {
  const event = text(call, 'state_event')
  if (event !== null && event !== 'close' && event !== 'reopen') {
    throw badParameter('state_event does not have a valid value')
  }
  return {
    title: text(call, 'title'),
    description: text(call, 'description'),
    targetBranch: text(call, 'target_branch'),
    labels: names(call, 'labels'),
    addLabels: names(call, 'add_labels') ?? [],
    removeLabels: names(call, 'remove_labels') ?? [],
    assigneeIds: ids(call, 'assignee_ids'),
    reviewerIds: ids(call, 'reviewer_ids'),
    squash: flag(call, 'squash'),
    removeSourceBranch: flag(call, 'remove_source_branch'),
    stateEvent: event,
  }
}
