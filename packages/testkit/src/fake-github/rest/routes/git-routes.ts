import { demand } from '../../model/access.ts'
import type { Repository } from '../../model/entities.ts'
import { Refusal } from '../../model/refusal.ts'
import { nameWithOwner } from '../../model/world.ts'
import { protectionOf } from '../../operations/branch-rules.ts'
import { createRef, deleteRef, updateRefs } from '../../operations/refs.ts'
import { commitBody, fileBody, refBody } from '../bodies/git-bodies.ts'
import { repositoryBody } from '../bodies/repository-body.ts'
import { notFound, paged, type RestCall, type RestRoutes, repositoryOf, required } from '../rest-call.ts'

export const gitRoutes: RestRoutes = {
  'GET /repos/{owner}/{repo}': (call) => ({
    status: 200,
    body: repositoryBody(call.world, call.session, repositoryOf(call)),
  }),
  'GET /repos/{owner}/{repo}/branches/{branch}': async (call) => {
    const repository = readable(call)
    const branch = call.params.branch ?? ''
    const commit = await repository.git.commitAt(`refs/heads/${branch}`)
    if (commit === null) throw new Refusal('NOT_FOUND', 'Branch not found')
    return { status: 200, body: branchBody(call, repository, branch, commitBody(call.world, repository, commit)) }
  },
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': (call) => {
    const repository = readable(call)
    return paged(call, rulesOf(repository, call.params.branch ?? ''), (rule) => rule)
  },
  'GET /repos/{owner}/{repo}/git/ref/{ref}': async (call) => {
    const repository = readable(call)
    const ref = `refs/${call.params.ref}`
    const sha = await repository.git.resolve(ref)
    if (sha === null) throw notFound()
    return { status: 200, body: refBody(call.world, repository, ref, sha) }
  },
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': async (call) => {
    const repository = readable(call)
    const refs = (await repository.git.refs('refs/')).filter(({ name }) => name.startsWith(`refs/${call.params.ref}`))
    return { status: 200, body: refs.map(({ name, oid }) => refBody(call.world, repository, name, oid)) }
  },
  'POST /repos/{owner}/{repo}/git/refs': async (call) => {
    const repository = repositoryOf(call)
    const [ref, sha] = [required(call, 'ref'), required(call, 'sha')]
    await createRef(call.world, call.session, repository, ref, sha)
    return { status: 201, body: refBody(call.world, repository, ref, sha) }
  },
  'PATCH /repos/{owner}/{repo}/git/refs/{ref}': async (call) => {
    const repository = repositoryOf(call)
    const [ref, sha] = [`refs/${call.params.ref}`, required(call, 'sha')]
    if ((await repository.git.resolve(ref)) === null) {
      throw new Refusal('UNPROCESSABLE', 'Reference does not exist', { restMessage: 'Reference does not exist' })
    }
    await updateRefs(call.world, call.session, repository, [
      { name: ref, afterOid: sha, force: call.body.force === true },
    ])
    return { status: 200, body: refBody(call.world, repository, ref, sha) }
  },
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': async (call) => {
    await deleteRef(call.world, call.session, repositoryOf(call), `refs/${call.params.ref}`)
    return { status: 204 }
  },
  'GET /repos/{owner}/{repo}/commits/{ref}': async (call) => {
    const repository = readable(call)
    const commit = await repository.git.commitAt(call.params.ref ?? '')
    if (commit === null) throw noCommit(call.params.ref ?? '')
    const parent = commit.parents[0]
    const files = parent === undefined ? [] : await repository.git.diff(parent, commit.oid)
    const additions = files.reduce((sum, file) => sum + file.additions, 0)
    const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
    const body = {
      ...commitBody(call.world, repository, commit),
      stats: { additions, deletions, total: additions + deletions },
      files: files.map((file) => fileBody(call.world, repository, file, commit.oid)),
    }
    return { status: 200, body }
  },
  'GET /repos/{owner}/{repo}/commits': async (call) => {
    const repository = readable(call)
    const start = call.query.get('sha') ?? repository.defaultBranch
    const oid = await repository.git.resolve(start)
    if (oid === null) throw notFound()
    const path = call.query.get('path')
    const oids = await repository.git.log(oid, path ?? undefined)
    return paged(call, oids, async (one) => {
      const commit = await repository.git.commitAt(one)
      return commit === null ? null : commitBody(call.world, repository, commit)
    })
  },
  'GET /repos/{owner}/{repo}/compare/{basehead}': compare,
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': async (call) => {
    const repository = readable(call)
    const sha = call.params.file_sha ?? ''
    const blob = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.read(sha) : null
    if (blob?.type !== 'blob') throw notFound()
    const url = `${call.world.apiUrl}/repos/${nameWithOwner(repository)}/git/blobs/${sha}`
    // GitHub breaks its base64 into lines.
    const content = blob.data.toString('base64').replace(/.{60}/g, '$&\n')
    const body = { sha, node_id: `B_${sha}`, size: blob.data.byteLength, url, content, encoding: 'base64' }
    return { status: 200, body }
  },
}

function readable(call: RestCall): Repository {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: ['contents'], level: 'read' })
  return repository
}

async function compare(call: RestCall) {
  const repository = readable(call)
  const [base = '', head = ''] = (call.params.basehead ?? '').split('...')
  const own = (name: string) => name.replace(new RegExp(`^${repository.owner.login}:`, 'i'), '')
  const [from, to] = await Promise.all([repository.git.commitAt(own(base)), repository.git.commitAt(own(head))])
  if (from === null || to === null) throw notFound()
  const { ahead, behind, commits } = await repository.git.compare(from.oid, to.oid)
  const root = await repository.git.commitAt((await repository.git.mergeBase(from.oid, to.oid)) ?? '')
  if (root === null) throw new Refusal('NOT_FOUND', `No common ancestor between ${base} and ${head}.`)
  const files = await repository.git.diff(root.oid, to.oid)
  const url = `${call.world.apiUrl}/repos/${nameWithOwner(repository)}/compare/${base}...${head}`
  const web = `${call.world.webUrl}/${nameWithOwner(repository)}/compare/${base}...${head}`
  const render = async (oid: string) => {
    const commit = await repository.git.commitAt(oid)
    return commit === null ? null : commitBody(call.world, repository, commit)
  }
  return paged(call, commits, render, (page) => ({
    url,
    html_url: web,
    permalink_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: commitBody(call.world, repository, from),
    merge_base_commit: commitBody(call.world, repository, root),
    status: ahead > 0 && behind > 0 ? 'diverged' : ahead > 0 ? 'ahead' : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: page,
    files: files.map((file) => fileBody(call.world, repository, file, to.oid)),
  }))
}

function branchBody(call: RestCall, repository: Repository, branch: string, commit: object) {
  const api = `${call.world.apiUrl}/repos/${nameWithOwner(repository)}/branches/${branch}`
  const protection = protectionOf(repository, branch)
  const contexts = protection?.requiredChecks ?? []
  return {
    name: branch,
    commit,
    _links: { self: api, html: `${call.world.webUrl}/${nameWithOwner(repository)}/tree/${branch}` },
    protected: protection !== null,
    protection: {
      enabled: protection?.kind === 'classic',
      required_status_checks: {
        enforcement_level: contexts.length === 0 ? 'off' : 'non_admins',
        contexts,
        checks: contexts.map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${api}/protection`,
  }
}

/** The rules of rulesets only: classic protection is not listed here. */
function rulesOf(repository: Repository, branch: string): object[] {
  const protection = protectionOf(repository, branch)
  if (protection === null || protection.kind !== 'ruleset') return []
  const source = { ruleset_source_type: 'Repository', ruleset_source: nameWithOwner(repository), ruleset_id: 1 }
  const rules: object[] = []
  if (protection.requirePullRequest) {
    const parameters = {
      required_approving_review_count: protection.requiredApprovals,
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: protection.requireCodeOwnerReviews,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    }
    rules.push({ type: 'pull_request', parameters, ...source })
  }
  if (protection.requiredChecks.length > 0) {
    const required_status_checks = protection.requiredChecks.map((context) => ({ context }))
    const parameters = { required_status_checks, strict_required_status_checks_policy: false }
    rules.push({ type: 'required_status_checks', parameters, ...source })
  }
  return rules
}

export function noCommit(sha: string): Refusal {
  const message = `No commit found for SHA: ${sha}`
  return new Refusal('UNPROCESSABLE', message, { restMessage: message })
}
