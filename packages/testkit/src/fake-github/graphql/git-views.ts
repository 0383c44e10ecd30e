import type { GitObject } from '../../git/object-reader.ts'
import { type GitCommit, type GitPerson, parseCommit, parseTree, type TreeEntry } from '../../git/parse-commit.ts'
import type { PullRequest, Repository } from '../model/entities.ts'
import { findAccount, nameWithOwner } from '../model/world.ts'
import { connection, connectionOf, type PageArguments, pageWindow } from './connection.ts'
import { type Graph, iso, type View } from './context.ts'
import { gitId } from './global-id.ts'
import { statusView } from './status-views.ts'

/** Of a text blob, as much as GitHub sends. */
const MAX_TEXT = 512 * 1024

/** A commit, tree or blob; null for null. */
export function gitObjectView(graph: Graph, repository: Repository, object: GitObject | null): View | null {
  if (object === null) return null
  if (object.type === 'commit') return graph.view.commit(repository, parseCommit(object.oid, object.data))
  if (object.type === 'blob') return blobView(graph, repository, object)
  if (object.type === 'tree') return treeView(graph, repository, object)
  return null
}

export function commitView(graph: Graph, repository: Repository, commit: GitCommit): View {
  const [headline = '', ...rest] = commit.message.split('\n')
  const path = `/${nameWithOwner(repository)}/commit/${commit.oid}`
  return {
    ...common(graph, repository, 'Commit', commit.oid),
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    author: () => personView(graph, commit.author),
    committer: () => personView(graph, commit.committer),
    authoredDate: iso(commit.author.at),
    committedDate: iso(commit.committer.at),
    committedViaWeb: commit.committer.email === 'noreply@github.com',
    authoredByCommitter: commit.author.email === commit.committer.email,
    url: graph.world.webUrl + path,
    resourcePath: path,
    tree: async () => graph.view.object(repository, await repository.git.read(commit.tree)),
    parents: async (args: PageArguments) => {
      const parents = await Promise.all(commit.parents.map((oid) => repository.git.commitAt(oid)))
      return connection(
        'parents',
        args,
        parents.filter((parent) => parent !== null),
        (p) => graph.view.commit(repository, p),
      )
    },
    file: async (args: { path: string }) => fileView(graph, repository, commit, args.path),
    history: (args: PageArguments & { path?: string | null }) => history(graph, repository, commit, args),
    associatedPullRequests: async (args: PageArguments) =>
      connection('associatedPullRequests', args, await pullRequestsWith(repository, commit.oid), (pullRequest) =>
        graph.view.pullRequest(pullRequest),
      ),
    ...statusView(graph, repository, commit.oid),
  }
}

function blobView(graph: Graph, repository: Repository, blob: GitObject): View {
  const isBinary = blob.data.includes(0)
  return {
    ...common(graph, repository, 'Blob', blob.oid),
    byteSize: blob.data.byteLength,
    isBinary,
    isTruncated: !isBinary && blob.data.byteLength > MAX_TEXT,
    text: isBinary ? null : blob.data.subarray(0, MAX_TEXT).toString('utf8'),
  }
}

function treeView(graph: Graph, repository: Repository, tree: GitObject): View {
  const entries = parseTree(tree.data)
  return {
    ...common(graph, repository, 'Tree', tree.oid),
    entries: entries.map((entry) => entryView(graph, repository, entry, entry.name)),
  }
}

function common(graph: Graph, repository: Repository, kind: 'Commit' | 'Blob' | 'Tree', oid: string): View {
  return {
    __typename: kind,
    id: gitId(kind, repository, oid),
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitUrl: `${graph.world.webUrl}/${nameWithOwner(repository)}/commit/${oid}`,
    commitResourcePath: `/${nameWithOwner(repository)}/commit/${oid}`,
    repository: () => graph.view.repository(repository),
  }
}

async function fileView(graph: Graph, repository: Repository, commit: GitCommit, path: string): Promise<View | null> {
  const slash = path.lastIndexOf('/')
  const folder = await repository.git.read(`${commit.oid}:${path.slice(0, Math.max(slash, 0))}`)
  const entry =
    folder?.type === 'tree' ? parseTree(folder.data).find((one) => one.name === path.slice(slash + 1)) : undefined
  return entry === undefined ? null : entryView(graph, repository, entry, path)
}

function entryView(graph: Graph, repository: Repository, entry: TreeEntry, path: string): View {
  const read = async () => repository.git.read(entry.oid)
  return {
    __typename: 'TreeEntry',
    name: entry.name,
    path,
    oid: entry.oid,
    mode: Number.parseInt(entry.mode, 8),
    type: entry.mode === '40000' ? 'tree' : entry.mode === '160000' ? 'commit' : 'blob',
    size: async () => ((await read())?.type === 'blob' ? ((await read())?.data.byteLength ?? 0) : 0),
    extension: /\.[^.]+$/.exec(entry.name)?.[0] ?? null,
    object: async () => graph.view.object(repository, await read()),
    repository: () => graph.view.repository(repository),
  }
}

function personView(graph: Graph, person: GitPerson): View {
  return {
    __typename: 'GitActor',
    name: person.name,
    email: person.email,
    date: iso(person.at),
    user: () => {
      const login = person.email.endsWith('@users.noreply.github.com')
        ? person.email.split('@')[0]?.replace(/^\d+\+/, '')
        : ''
      const byMail = [...graph.world.accounts.values()].find((one) => one.kind === 'User' && one.email === person.email)
      const account = byMail ?? findAccount(graph.world, login ?? '')
      return account?.kind === 'User' ? graph.view.account(account) : null
    },
  }
}

async function history(
  graph: Graph,
  repository: Repository,
  commit: GitCommit,
  args: PageArguments & { path?: string | null },
) {
  const all = await repository.git.log(commit.oid, args.path ?? undefined)
  const window = pageWindow('history', args, all.length)
  const oids = all.slice(window.start, window.end)
  const commits = await Promise.all(oids.map((oid) => repository.git.commitAt(oid)))
  return connectionOf(
    window,
    commits.map((one) => (one === null ? null : graph.view.commit(repository, one))),
  )
}

async function pullRequestsWith(repository: Repository, oid: string): Promise<PullRequest[]> {
  const found: PullRequest[] = []
  for (const pullRequest of repository.pullRequests) {
    const own = await repository.git.compare(pullRequest.baseOid, pullRequest.headOid)
    // Merging may have written commits anew: those brought by it count too.
    const merged = pullRequest.mergeCommitOid
    const brought = merged === null ? [] : (await repository.git.compare(pullRequest.baseOid, merged)).commits
    if ([...own.commits, ...brought].includes(oid)) found.push(pullRequest)
  }
  return found
}
