import type { GitObject } from '../../../git/object-reader.ts'
import { parseTree, type TreeEntry } from '../../../git/parse-commit.ts'
import { demand } from '../../model/access.ts'
import type { Repository } from '../../model/entities.ts'
import { nameWithOwner } from '../../model/world.ts'
import { commitBody } from '../bodies/git-bodies.ts'
import { notFound, type RestCall, type RestRoutes, repositoryOf } from '../rest-call.ts'

/** Git's own objects, to be read by their ids. */
export const objectRoutes: RestRoutes = {
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': async (call) => {
    const repository = readable(call)
    const blob = await objectOf(repository, call.params.file_sha ?? '', 'blob')
    if (/\braw\b/.test(call.accept)) {
      const headers = { 'content-type': 'application/vnd.github.raw; charset=utf-8' }
      return { status: 200, headers, body: blob.data }
    }
    const body = {
      sha: blob.oid,
      node_id: `B_${blob.oid}`,
      size: blob.data.byteLength,
      url: `${gitUrl(call, repository)}/blobs/${blob.oid}`,
      content: blob.data.toString('base64').replace(/.{60}/g, '$&\n'),
      encoding: 'base64',
    }
    return { status: 200, body }
  },
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': async (call) => {
    const repository = readable(call)
    const tree = await objectOf(repository, `${call.params.tree_sha}^{tree}`, 'tree')
    const entries = await entriesOf(repository, tree, '', call.query.has('recursive'))
    const body = {
      sha: tree.oid,
      url: `${gitUrl(call, repository)}/trees/${tree.oid}`,
      tree: await Promise.all(entries.map((entry) => entryBody(call, repository, entry))),
      truncated: false,
    }
    return { status: 200, body }
  },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': async (call) => {
    const repository = readable(call)
    const commit = await repository.git.commitAt(call.params.commit_sha ?? '')
    if (commit === null) throw notFound()
    const { commit: inner, sha, node_id, html_url, parents } = commitBody(call.world, repository, commit)
    const { comment_count: _, ...rest } = inner
    return { status: 200, body: { ...rest, sha, node_id, html_url, parents } }
  },
}

function readable(call: RestCall): Repository {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: ['contents'], level: 'read' })
  return repository
}

async function objectOf(repository: Repository, name: string, type: GitObject['type']): Promise<GitObject> {
  const object = /^[0-9a-f]{40}\b|\^\{tree\}$/.test(name) ? await repository.git.read(name) : null
  if (object?.type !== type) throw notFound()
  return object
}

async function entriesOf(repository: Repository, tree: GitObject, prefix: string, deep: boolean): Promise<TreeEntry[]> {
  const all: TreeEntry[] = []
  for (const entry of parseTree(tree.data)) {
    const named = { ...entry, name: prefix + entry.name }
    all.push(named)
    const inner = deep && entry.mode === '40000' ? await repository.git.read(entry.oid) : null
    if (inner !== null) all.push(...(await entriesOf(repository, inner, `${named.name}/`, deep)))
  }
  return all
}

async function entryBody(call: RestCall, repository: Repository, entry: TreeEntry) {
  const type = entry.mode === '40000' ? 'tree' : entry.mode === '160000' ? 'commit' : 'blob'
  const size = type === 'blob' ? { size: (await repository.git.read(entry.oid))?.data.byteLength ?? 0 } : {}
  const url = `${gitUrl(call, repository)}/${type}s/${entry.oid}`
  return { path: entry.name, mode: entry.mode.padStart(6, '0'), type, sha: entry.oid, ...size, url }
}

function gitUrl({ world }: RestCall, repository: Repository): string {
  return `${world.apiUrl}/repos/${nameWithOwner(repository)}/git`
}
