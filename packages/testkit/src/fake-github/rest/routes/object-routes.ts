import type { GitObject } from '../../../git/object-reader.ts'
import { parseTree, type TreeEntry } from '../../../git/parse-commit.ts'
import { demand } from '../../model/access.ts'
import type { Repository } from '../../model/entities.ts'
import { Refusal } from '../../model/refusal.ts'
import { nameWithOwner } from '../../model/world.ts'
import { pathProblem } from '../../operations/branch-rules.ts'
import { personOf } from '../../operations/commit-on-branch.ts'
import { commitBody } from '../bodies/git-bodies.ts'
import { notFound, type RestCall, type RestRoutes, repositoryOf, required, text, texts } from '../rest-call.ts'

/** Git's own objects, to be read by their ids, and made. */
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
    return { status: 200, body: await treeBody(call, repository, tree) }
  },
  'POST /repos/{owner}/{repo}/git/trees': async (call) => {
    const repository = writable(call)
    const base = text(call, 'base_tree')
    const from = base === null ? null : (await objectOf(repository, `${base}^{tree}`, 'tree')).oid
    const oid = await repository.git.changeTree(from, await changesOf(call, repository))
    return { status: 201, body: await treeBody(call, repository, await objectOf(repository, `${oid}^{tree}`, 'tree')) }
  },
  'POST /repos/{owner}/{repo}/git/commits': async (call) => {
    const repository = writable(call)
    const [message, tree] = [required(call, 'message'), required(call, 'tree')]
    const parents = texts(call, 'parents')
    const found = await Promise.all([repository.git.read(`${tree}^{tree}`), ...parents.map(repository.git.commitAt)])
    if (found.includes(null)) throw unprocessable('Tree SHA or parent SHA does not exist')
    const who = personOf(call.session.account, call.world.now())
    const oid = await repository.git.commitTree({ tree, parents, message, author: who, committer: who })
    return { status: 201, body: await gitCommitBody(call, repository, oid) }
  },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': async (call) => {
    const repository = readable(call)
    return { status: 200, body: await gitCommitBody(call, repository, call.params.commit_sha ?? '') }
  },
}

function writable(call: RestCall): Repository {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: ['contents'], level: 'write' })
  return repository
}

/** Entries of a new tree: by their text, by a blob that is there, or deleted by `sha: null`. Plain files only. */
async function changesOf({ body, world }: RestCall, repository: Repository) {
  const additions: { path: string; contents: string | Uint8Array }[] = []
  const deletions: string[] = []
  for (const entry of Array.isArray(body.tree) ? body.tree : []) {
    const { path, mode, sha, content } = entry as Record<string, unknown>
    if (typeof path !== 'string' || pathProblem(path) !== null)
      throw unprocessable('tree.path contains a malformed path component')
    if (mode !== '100644') world.violations.push(`fakeGitHub makes plain files only, and ${path} has mode ${mode}.`)
    if (sha === null) deletions.push(path)
    else
      additions.push({
        path,
        contents: typeof content === 'string' ? content : (await objectOf(repository, String(sha), 'blob')).data,
      })
  }
  return { additions, deletions }
}

async function treeBody(call: RestCall, repository: Repository, tree: GitObject) {
  const entries = await entriesOf(repository, tree, '', call.query.has('recursive'))
  return {
    sha: tree.oid,
    url: `${gitUrl(call, repository)}/trees/${tree.oid}`,
    tree: await Promise.all(entries.map((entry) => entryBody(call, repository, entry))),
    truncated: false,
  }
}

async function gitCommitBody(call: RestCall, repository: Repository, oid: string) {
  const commit = await repository.git.commitAt(oid)
  if (commit === null) throw notFound()
  const { commit: inner, sha, node_id, html_url, parents } = commitBody(call.world, repository, commit)
  const { comment_count: _, ...rest } = inner
  return { ...rest, sha, node_id, html_url, parents }
}

function unprocessable(message: string): Refusal {
  return new Refusal('UNPROCESSABLE', message, { restMessage: message })
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
