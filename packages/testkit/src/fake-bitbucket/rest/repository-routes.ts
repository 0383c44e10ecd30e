import { ZERO_OID } from '../../git/bare-repository.ts'
import { parseTree } from '../../git/parse-commit.ts'
import type { FakeResponse } from '../../http/fake-server.ts'
import { demandPermission, permissionOf } from '../model/access.ts'
import { badFields, notFound, Refusal } from '../model/refusal.ts'
import { fullName } from '../model/world.ts'
import { parseForm } from '../multipart.ts'
import { branchRef, rememberHeads, resolveCommit, tipOf } from '../operations/heads.ts'
import { commitSource } from '../operations/source-commit.ts'
import { accountBody, branchBody, commitBody, diffstatBodies, repositoryBody } from './bodies.ts'
import { accountOf, type Call, jsonOf, page, repositoryOf } from './call.ts'
import { ok, type Route } from './route.ts'

const REPO = '/repositories/{workspace}/{repo_slug}'

export const repositoryRoutes: readonly Route[] = [
  { method: 'GET', template: '/user', scope: 'account', answer: async (call) => ok(accountBody(accountOf(call))) },
  {
    method: 'GET',
    template: REPO,
    scope: 'repository',
    answer: async (call) => ok(repositoryBody(call.world, repositoryOf(call))),
  },
  { method: 'GET', template: `${REPO}/refs/branches`, scope: 'repository', answer: listBranches },
  { method: 'POST', template: `${REPO}/refs/branches`, scope: 'repository:write', answer: createBranch },
  { method: 'GET', template: `${REPO}/refs/branches/{name+}`, scope: 'repository', answer: getBranch },
  { method: 'DELETE', template: `${REPO}/refs/branches/{name+}`, scope: 'repository:write', answer: deleteBranch },
  { method: 'GET', template: `${REPO}/refs/tags/{name+}`, scope: 'repository', answer: getTag },
  { method: 'GET', template: `${REPO}/commit/{commit}`, scope: 'repository', answer: getCommit },
  { method: 'GET', template: `${REPO}/commits/{revision}`, scope: 'repository', answer: listCommits },
  { method: 'GET', template: `${REPO}/commits`, scope: 'repository', answer: listCommits },
  { method: 'GET', template: `${REPO}/merge-base/{revspec}`, scope: 'repository', answer: mergeBase },
  { method: 'GET', template: `${REPO}/diffstat/{spec+}`, scope: 'repository', answer: diffstatOfSpec },
  { method: 'POST', template: `${REPO}/src`, scope: 'repository:write', answer: postSource },
  { method: 'GET', template: `${REPO}/src/{commit}/{path+}`, scope: 'repository', answer: getSource },
  { method: 'GET', template: '/user/permissions/repositories', scope: 'account', answer: myPermissions },
]

async function listBranches(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const refs = await repository.git.refs('refs/heads/')
  const bodies = refs.map(({ name, oid }) => branchBody(call.world, repository, name.replace('refs/heads/', ''), oid))
  return page(call, await Promise.all(bodies))
}

async function getBranch(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const { name = '' } = call.parameters
  const oid = await tipOf(repository, name)
  if (oid === null) throw notFound(`No such branch: ${name}`)
  return ok(await branchBody(call.world, repository, name, oid))
}

async function getTag(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const { name = '' } = call.parameters
  const commit = await repository.git.commitAt(`refs/tags/${name}`)
  if (commit === null) throw notFound(`No such tag: ${name}`)
  return ok({ type: 'tag', name, target: commitBody(call.world, repository, commit) })
}

async function createBranch(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'write')
  const { name, target } = jsonOf(call) as { name?: unknown; target?: { hash?: unknown } }
  const after = typeof target?.hash === 'string' ? await resolveCommit(repository, target.hash) : null
  if (typeof name !== 'string' || after === null) throw badFields({ target: ['Commit not found'] })
  if ((await tipOf(repository, name)) !== null) {
    throw new Refusal(400, `Branch "${name}" already exists.`, { data: { key: 'BRANCH_ALREADY_EXISTS' } })
  }
  const refused = await repository.git.updateRefs([{ name: branchRef(name), after, before: ZERO_OID }])
  if (refused !== null) throw badFields({ name: [`Invalid branch name: ${refused}`] })
  return ok(await branchBody(call.world, repository, name, after), 201)
}

async function deleteBranch(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'write')
  const { name = '' } = call.parameters
  if ((await tipOf(repository, name)) === null) throw notFound(`No such branch: ${name}`)
  if (name === repository.mainBranch) throw new Refusal(400, 'The main branch cannot be deleted.')
  await rememberHeads(repository, name)
  await repository.git.updateRefs([{ name: branchRef(name), after: ZERO_OID }])
  return { status: 204 }
}

async function getCommit(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const oid = await resolveCommit(repository, call.parameters.commit ?? '')
  const commit = oid === null ? null : await repository.git.commitAt(oid)
  if (commit === null) throw notFound(`Commit not found: ${call.parameters.commit}`)
  return ok(commitBody(call.world, repository, commit))
}

async function listCommits(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const { query, parameters } = call
  const resolveAll = async (names: string[]) => Promise.all(names.map((name) => resolveCommit(repository, name)))
  const named =
    parameters.revision === undefined ? query.getAll('include') : [parameters.revision, ...query.getAll('include')]
  const from = (await resolveAll(named.length > 0 ? named : [repository.mainBranch]))[0]
  if (from === null || from === undefined) throw notFound(`Commit not found: ${named[0]}`)
  const without = new Set<string>()
  for (const oid of await resolveAll(query.getAll('exclude'))) {
    if (oid === null) throw notFound('Commit not found')
    for (const one of await repository.git.log(oid)) without.add(one)
  }
  const within = query.get('path')
  const all = await repository.git.log(from, within ?? undefined)
  const commits = await Promise.all(all.filter((oid) => !without.has(oid)).map(repository.git.commitAt))
  return page(
    call,
    commits.flatMap((commit) => (commit === null ? [] : [commitBody(call.world, repository, commit)])),
  )
}

async function mergeBase(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const [one = '', other = ''] = (call.parameters.revspec ?? '').split('..')
  const [a, b] = [await resolveCommit(repository, one), await resolveCommit(repository, other)]
  const base = a === null || b === null ? null : await repository.git.mergeBase(a, b)
  const commit = base === null ? null : await repository.git.commitAt(base)
  if (commit === null) throw notFound('No common ancestor found.')
  return ok(commitBody(call.world, repository, commit))
}

/** `head..base`, or `workspace/slug:head` CR `base` as redirects have it; from where the two parted. */
async function diffstatOfSpec(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const [, head = '', base = ''] = /^(?:[^:]*:)?(.+?)(?:\.\.|\r)(.+)$/.exec(call.parameters.spec ?? '') ?? []
  const [to, from] = [await resolveCommit(repository, head), await resolveCommit(repository, base)]
  if (to === null || from === null) throw notFound('Commit not found')
  const parted = (await repository.git.mergeBase(from, to)) ?? from
  return page(call, diffstatBodies(await repository.git.diff(parted, to)), 500)
}

async function postSource(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'write')
  const fields = parseForm(call.headers['content-type'] ?? '', call.body)
  if (fields === null)
    throw new Refusal(400, 'The body is neither multipart/form-data nor application/x-www-form-urlencoded.')
  const oid = await commitSource(call.world, accountOf(call), repository, fields)
  if (oid === null) return { status: 304 }
  return {
    status: 201,
    headers: { location: `${call.world.apiUrl}/repositories/${fullName(repository)}/commit/${oid}` },
  }
}

async function getSource(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const { commit = '', path = '' } = call.parameters
  const oid = await resolveCommit(repository, commit)
  if (oid === null) throw notFound(`Commit not found: ${commit}`)
  const object = await repository.git.read(`${oid}:${path}`)
  if (object === null) throw notFound(`No such file or directory: ${path}`)
  const meta = { path, type: object.type === 'blob' ? 'commit_file' : 'commit_directory', commit: { hash: oid } }
  if (call.query.get('format') === 'meta')
    return ok({ ...meta, ...(object.type === 'blob' ? { size: object.data.length } : {}) })
  if (object.type !== 'blob') {
    const entries = object.type === 'tree' ? parseTree(object.data) : []
    return page(
      call,
      entries.map(({ mode, name }) => ({
        type: mode === '40000' ? 'commit_directory' : 'commit_file',
        path: `${path}/${name}`,
        commit: { type: 'commit', hash: oid },
      })),
    )
  }
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array(object.data) }
}

async function myPermissions(call: Call): Promise<FakeResponse> {
  const account = accountOf(call)
  const all = [...call.world.repositories.values()].map((repository) => ({
    type: 'repository_permission',
    permission: permissionOf(call.world, repository, account),
    repository: { type: 'repository', full_name: fullName(repository), uuid: repository.uuid },
    user: accountBody(account),
  }))
  return page(
    call,
    all.filter(({ permission }) => permission !== 'none'),
  )
}
