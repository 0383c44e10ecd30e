import { parseTree } from '../../../git/parse-commit.ts'
import { demand } from '../../model/access.ts'
import { Refusal } from '../../model/refusal.ts'
import { commitOnBranch } from '../../operations/commit-on-branch.ts'
import { commitBody, contentBody, entryBody } from '../bodies/git-bodies.ts'
import { notFound, type RestCall, type RestRoutes, repositoryOf, required, text } from '../rest-call.ts'

/** Of `contents`, even raw: https://docs.github.com/rest/repos/contents */
const MAX_RAW = 100 * 1024 * 1024

export const contentsRoutes: RestRoutes = {
  'GET /repos/{owner}/{repo}/contents/{path}': read,
  'PUT /repos/{owner}/{repo}/contents/{path}': async (call) => {
    required(call, 'message')
    return write(call, Buffer.from(required(call, 'content'), 'base64'))
  },
  'DELETE /repos/{owner}/{repo}/contents/{path}': async (call) => {
    required(call, 'message')
    required(call, 'sha')
    return write(call, null)
  },
}

async function read(call: RestCall) {
  const { world } = call
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: ['contents'], level: 'read' })
  const ref = call.query.get('ref') ?? repository.defaultBranch
  if ((await repository.git.resolve(ref)) === null) throw new Refusal('NOT_FOUND', `No commit found for the ref ${ref}`)
  const path = (call.params.path ?? '').replace(/\/+$/, '')
  const object = await repository.git.read(`${ref}:${path}`)
  if (object === null) throw notFound()
  if (object.type === 'tree') {
    const entries = parseTree(object.data).map((entry) => {
      const full = path === '' ? entry.name : `${path}/${entry.name}`
      return entryBody(world, repository, full, ref, entry.mode === '40000' ? 'dir' : 'file', entry.oid, 0)
    })
    return { status: 200, body: entries }
  }
  if (object.data.byteLength > MAX_RAW) {
    throw new Refusal('FORBIDDEN', 'This API returns blobs up to 100 MB in size.', {
      restErrors: [{ resource: 'Blob', field: 'data', code: 'too_large' }],
    })
  }
  if (/\braw\b/.test(call.accept)) {
    const headers = { 'content-type': 'application/vnd.github.raw; charset=utf-8' }
    return { status: 200, headers, body: object.data }
  }
  return { status: 200, body: contentBody(world, repository, path, ref, object) }
}

/** Creates, changes or deletes one file; `sha` is the blob it takes the place of. */
async function write(call: RestCall, contents: Uint8Array | null) {
  const { world, session } = call
  const repository = repositoryOf(call)
  demand(session, repository, { permissions: ['contents'], level: 'write', action: 'UpdateContents' })
  const path = call.params.path ?? ''
  const branch = text(call, 'branch') ?? repository.defaultBranch
  const head = await repository.git.resolve(`refs/heads/${branch}`)
  if (head === null) throw new Refusal('NOT_FOUND', `Branch ${branch} not found`)
  const before = await repository.git.read(`${head}:${path}`)
  checkSha(path, before?.oid ?? null, text(call, 'sha'))
  const [headline = '', ...rest] = (text(call, 'message') ?? '').split('\n')
  const oid = await commitOnBranch(world, session, repository, {
    branch,
    expectedHeadOid: head,
    headline,
    body: rest.join('\n').trim(),
    additions: contents === null ? [] : [{ path, contents }],
    deletions: contents === null ? [{ path }] : [],
  })
  const [commit, blob] = [await repository.git.commitAt(oid), await repository.git.read(`${oid}:${path}`)]
  const body = {
    content: blob === null ? null : contentBody(world, repository, path, branch, blob),
    commit: commit === null ? null : { ...commitBody(world, repository, commit).commit, sha: oid },
  }
  return { status: before === null ? 201 : 200, body }
}

function checkSha(path: string, current: string | null, given: string | null): void {
  if (current === null && given === null) return
  if (current === null) throw notFound()
  if (given === null) {
    const message = `Invalid request.\n\n"sha" wasn't supplied.`
    throw new Refusal('UNPROCESSABLE', message, { restMessage: message })
  }
  if (given !== current) throw new Refusal('STALE_DATA', `${path} does not match ${given}`, { status: 409 })
}
