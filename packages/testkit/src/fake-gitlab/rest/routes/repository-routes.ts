import { createHash } from 'node:crypto'
import { ZERO_OID } from '../../../git/bare-repository.ts'
import { demandCode, demandRole } from '../../model/access.ts'
import type { Project } from '../../model/entities.ts'
import { badParameter, notFound, refusal } from '../../model/refusal.ts'
import { type CommitAction, createCommit } from '../../operations/create-commit.ts'
import { followBranch } from '../../operations/follow-refs.ts'
import { commitBody } from '../bodies.ts'
import { type Call, created, flag, ok, paged, projectOf, type Routes, reads, required, text } from '../call.ts'

const REPOSITORY = '/projects/:id/repository'

export const repositoryRoutes: Routes = {
  [`GET ${REPOSITORY}/branches/:branch`]: async (call) => {
    const project = readable(call)
    return ok(await branchBody(call, project, call.params.branch ?? ''))
  },
  [`POST ${REPOSITORY}/branches`]: async (call) => {
    const project = readable(call)
    demandRole(call.session, project, 'developer')
    const branch = text(call, 'branch') ?? call.query.get('branch') ?? ''
    const from = await project.git.resolve(text(call, 'ref') ?? call.query.get('ref') ?? '')
    if (from === null) throw refusal(400, 'Invalid reference name: ')
    const refused = await project.git.updateRefs([{ name: `refs/heads/${branch}`, after: from, before: ZERO_OID }])
    if (refused !== null) throw refusal(400, 'Branch already exists')
    await followBranch(call.world, project, branch)
    return created(await branchBody(call, project, branch))
  },
  [`DELETE ${REPOSITORY}/branches/:branch`]: async (call) => {
    const project = readable(call)
    demandRole(call.session, project, 'developer')
    const branch = call.params.branch ?? ''
    if ((await project.git.resolve(`refs/heads/${branch}`)) === null) throw notFound('Branch')
    await project.git.updateRefs([{ name: `refs/heads/${branch}`, after: ZERO_OID }])
    await followBranch(call.world, project, branch)
    return { status: 204 }
  },
  [`GET ${REPOSITORY}/commits`]: async (call) => {
    const project = readable(call)
    const ref = await resolve(project, call.query.get('ref_name') ?? project.defaultBranch)
    const path = call.query.get('path') ?? undefined
    const oids = ref === null ? [] : await project.git.log(ref, path)
    return paged(call, oids, (oid) => commitAt(call, project, oid))
  },
  [`POST ${REPOSITORY}/commits`]: async (call) => {
    const project = projectOf(call)
    demandRole(call.session, project, 'developer')
    const oid = await createCommit(call.world, call.session, project, {
      branch: required(call, 'branch'),
      startBranch: text(call, 'start_branch'),
      startSha: text(call, 'start_sha'),
      message: required(call, 'commit_message'),
      force: flag(call, 'force') ?? false,
      actions: actionsOf(call),
      author: { name: text(call, 'author_name'), email: text(call, 'author_email') },
    })
    return created(await commitAt(call, project, oid))
  },
  [`GET ${REPOSITORY}/commits/:sha`]: async (call) => {
    const project = readable(call)
    const oid = await resolve(project, call.params.sha ?? '')
    if (oid === null) throw notFound('Commit')
    return ok(await commitAt(call, project, oid))
  },
  [`GET ${REPOSITORY}/compare`]: async (call) => {
    const project = readable(call)
    const [from, to] = await Promise.all([
      resolve(project, call.query.get('from') ?? ''),
      resolve(project, call.query.get('to') ?? ''),
    ])
    if (from === null || to === null) throw notFound()
    const { commits } = await project.git.compare(from, to)
    const bodies = await Promise.all(commits.map((oid) => commitAt(call, project, oid)))
    return ok({
      commit: bodies.at(-1) ?? null,
      commits: bodies,
      diffs: [],
      compare_timeout: false,
      compare_same_ref: from === to,
    })
  },
  [`GET ${REPOSITORY}/merge_base`]: async (call) => {
    const project = readable(call)
    const refs = call.query.getAll('refs[]')
    const oids = await Promise.all(refs.map((ref) => resolve(project, ref)))
    const [one, other] = oids
    if (!one || !other) throw refusal(400, `Could not find ref: ${refs[oids.indexOf(null)] ?? ''}`)
    const base = await project.git.mergeBase(one, other)
    if (base === null) throw notFound('Merge Base')
    return ok(await commitAt(call, project, base))
  },
  [`GET ${REPOSITORY}/tree`]: async (call) => {
    const project = readable(call)
    const ref = await resolve(project, call.query.get('ref') ?? project.defaultBranch)
    const folder = call.query.get('path') ?? ''
    if (ref === null) throw notFound('Tree')
    const inside = (await project.git.paths(ref)).filter((path) => folder === '' || path.startsWith(`${folder}/`))
    return paged(call, inside, async (path) => {
      const blob = await project.git.read(`${ref}:${path}`)
      return { id: blob?.oid, name: path.split('/').at(-1), type: 'blob', path, mode: '100644' }
    })
  },
  [`GET ${REPOSITORY}/files/:file`]: async (call) => {
    const project = readable(call)
    const ref = call.query.get('ref')
    if (ref === null) throw badParameter('ref is missing')
    const commit = await resolve(project, ref === 'HEAD' ? project.defaultBranch : ref)
    if (commit === null) throw notFound('Commit')
    const path = call.params.file ?? ''
    const blob = await project.git.read(`${commit}:${path}`)
    if (blob?.type !== 'blob') throw notFound('File')
    const [last] = await project.git.log(commit, path)
    return ok({
      file_name: path.split('/').at(-1),
      file_path: path,
      size: blob.data.length,
      encoding: 'base64',
      content: blob.data.toString('base64'),
      content_sha256: createHash('sha256').update(blob.data).digest('hex'),
      ref,
      blob_id: blob.oid,
      commit_id: commit,
      last_commit_id: last,
      execute_filemode: false,
    })
  },
}

function readable(call: Call): Project {
  reads(call, ['read_repository'])
  const project = projectOf(call)
  demandCode(call.session, project)
  return project
}

/** A branch before a tag or commit of the same name. */
export async function resolve(project: Project, ref: string): Promise<string | null> {
  if (ref === '') return null
  return (await project.git.resolve(`refs/heads/${ref}`)) ?? project.git.resolve(ref)
}

async function commitAt(call: Call, project: Project, oid: string) {
  const commit = await project.git.commitAt(oid)
  if (commit === null) throw notFound('Commit')
  return commitBody(call.world, project, commit)
}

async function branchBody(call: Call, project: Project, name: string) {
  const oid = await project.git.resolve(`refs/heads/${name}`)
  if (oid === null) throw notFound('Branch')
  return {
    name,
    merged: false,
    protected: project.protectedBranches.some((rule) => rule.name === name),
    default: name === project.defaultBranch,
    can_push: true,
    web_url: `${call.world.webUrl}/${project.path}/-/tree/${name}`,
    commit: await commitAt(call, project, oid),
  }
}

const ACTIONS = ['create', 'delete', 'move', 'update', 'chmod']

function actionsOf(call: Call): CommitAction[] {
  const list = call.body.actions
  if (!Array.isArray(list)) throw badParameter('actions is missing')
  return list.map((entry: unknown) => {
    const one = (entry ?? {}) as Record<string, unknown>
    const action = String(one.action)
    if (!ACTIONS.includes(action)) throw badParameter('actions[0][action] does not have a valid value')
    if (typeof one.file_path !== 'string' || one.file_path === '')
      throw badParameter('actions[0][file_path] is missing')
    if (action === 'move' || action === 'chmod') throw refusal(501, `fakeGitLab does not model ${action}`)
    const content = typeof one.content === 'string' ? one.content : ''
    return {
      action,
      path: one.file_path,
      content: Buffer.from(content, one.encoding === 'base64' ? 'base64' : 'utf8'),
      lastCommitId: typeof one.last_commit_id === 'string' ? one.last_commit_id : null,
    }
  })
}
