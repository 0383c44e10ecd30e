import type { FileDifference } from '../../../git/diff-files.ts'
import type { GitObject } from '../../../git/object-reader.ts'
import type { GitCommit, GitPerson } from '../../../git/parse-commit.ts'
import { iso } from '../../graphql/context.ts'
import type { Repository } from '../../model/entities.ts'
import { findAccount, nameWithOwner, type World } from '../../model/world.ts'
import { simpleUser } from './account-bodies.ts'

/** `commit`. */
export function commitBody(world: World, repository: Repository, commit: GitCommit) {
  const full = nameWithOwner(repository)
  const url = `${world.apiUrl}/repos/${full}/commits/${commit.oid}`
  return {
    url,
    sha: commit.oid,
    node_id: `C_${commit.oid}`,
    html_url: `${world.webUrl}/${full}/commit/${commit.oid}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${world.apiUrl}/repos/${full}/git/commits/${commit.oid}`,
      message: commit.message,
      author: personBody(commit.author),
      committer: personBody(commit.committer),
      tree: { sha: commit.tree, url: `${world.apiUrl}/repos/${full}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    author: accountOf(world, commit.author),
    committer: accountOf(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${world.apiUrl}/repos/${full}/commits/${sha}`,
      html_url: `${world.webUrl}/${full}/commit/${sha}`,
    })),
  }
}

/** `diff-entry`, without its patch. */
export function fileBody(world: World, repository: Repository, file: FileDifference, head: string) {
  const full = nameWithOwner(repository)
  const path = encodeURI(file.path)
  return {
    sha: file.oid,
    filename: file.path,
    status: { A: 'added', M: 'modified', D: 'removed' }[file.status],
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${world.webUrl}/${full}/blob/${head}/${path}`,
    raw_url: `${world.webUrl}/${full}/raw/${head}/${path}`,
    contents_url: `${world.apiUrl}/repos/${full}/contents/${path}?ref=${head}`,
  }
}

/** Above it, `contents` answers `encoding: none` and nothing: https://docs.github.com/rest/repos/contents */
const MAX_INLINE = 1024 * 1024

/** `content-file`. */
export function contentBody(world: World, repository: Repository, path: string, ref: string, blob: GitObject) {
  const size = blob.data.byteLength
  const inline = size <= MAX_INLINE
  return {
    ...entryBody(world, repository, path, ref, 'file', blob.oid, size),
    content: inline ? blob.data.toString('base64').replace(/.{60}/g, '$&\n') : '',
    encoding: inline ? 'base64' : 'none',
  }
}

/** An entry of a folder. */
export function entryBody(
  world: World,
  repository: Repository,
  path: string,
  ref: string,
  type: 'file' | 'dir',
  sha: string,
  size: number,
) {
  const full = nameWithOwner(repository)
  const self = `${world.apiUrl}/repos/${full}/contents/${encodeURI(path)}?ref=${encodeURIComponent(ref)}`
  const git = `${world.apiUrl}/repos/${full}/git/${type === 'file' ? 'blobs' : 'trees'}/${sha}`
  const html = `${world.webUrl}/${full}/${type === 'file' ? 'blob' : 'tree'}/${ref}/${encodeURI(path)}`
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha,
    size,
    url: self,
    html_url: html,
    git_url: git,
    download_url: type === 'file' ? `${world.webUrl}/${full}/raw/${ref}/${encodeURI(path)}` : null,
    type,
    _links: { self, git, html },
  }
}

/** `git-ref`. */
export function refBody(world: World, repository: Repository, ref: string, sha: string) {
  const api = `${world.apiUrl}/repos/${nameWithOwner(repository)}/git`
  return {
    ref,
    node_id: `REF_${sha}`,
    url: `${api}/${ref}`,
    object: { sha, type: 'commit', url: `${api}/commits/${sha}` },
  }
}

function personBody(person: GitPerson) {
  return { name: person.name, email: person.email, date: iso(person.at) }
}

function accountOf(world: World, person: GitPerson) {
  const login = person.email.replace(/@users\.noreply\.github\.com$/, '').replace(/^\d+\+/, '')
  const known = [...world.accounts.values()].find((account) => account.email === person.email)
  const account = known ?? findAccount(world, login)
  return account === undefined ? null : simpleUser(world, account)
}
