import { MergeRequests } from '@gitbeaker/rest'
import { VcsError } from '@pullwright/core'
import { type ForeignCommit, readMarker, writeMarker } from '@pullwright/core/vcs'
import type { MergeRequestBody } from '../merge-request-view.ts'
import type { GitLabJob } from './job.ts'
import {
  type CommitNode,
  FILES_PER_QUERY,
  type FilesData,
  type FilesNode,
  filesQuery,
  type MergeRequestNode,
  nodesOf,
  type PlanData,
  planQuery,
  type UserNode,
} from './plan-query.ts'
import { type Known, type Run, runContext, type State } from './state.ts'

type ProjectNode = NonNullable<PlanData['project']>

/** One request, and one more for each further 15 files; one more where our work may stand on another branch. */
export async function readState(run: Run, job: GitLabJob): Promise<State> {
  const { base, branch } = job.spec
  const paths = job.files.map(({ path }) => path)
  const first = paths.slice(0, FILES_PER_QUERY)
  const place = { project: job.project, base, branch }
  const people = [...new Set([...job.reviewers, ...job.assignees])]
  const context = runContext(run, job, 'read the project', ['role: Reporter'])
  const variables = { ...place, people, ...pathVariables(first) }
  const data = await run.client.graphql<PlanData>(planQuery(first.length), variables, context)
  const { project } = data
  const viewer = data.currentUser?.username
  if (project === null || project.repository === null || viewer === undefined) throw notFound(job)
  if (project.archived === true) {
    throw new VcsError('policy', `${project.fullPath} is archived and read-only. Unarchive it, or route elsewhere.`)
  }
  const parts = [{ paths: first, node: project.repository as FilesNode }]
  for (let at = FILES_PER_QUERY; at < paths.length; at += FILES_PER_QUERY) {
    const some = paths.slice(at, at + FILES_PER_QUERY)
    const more = await run.client.graphql<FilesData>(
      filesQuery(some.length),
      { ...place, ...pathVariables(some) },
      context,
    )
    if (more.project?.repository) parts.push({ paths: some, node: more.project.repository })
  }
  return toState(run, job, { project, viewer, people: nodesOf(data.users), parts })
}

interface Found {
  project: ProjectNode
  viewer: string
  people: UserNode[]
  parts: { paths: string[]; node: FilesNode }[]
}

async function toState(run: Run, job: GitLabJob, { project, viewer, people, parts }: Found): Promise<State> {
  const baseOid = project.repository?.baseTree?.lastCommit?.sha ?? missingBase(job, project)
  const headOid = project.repository?.headTree?.lastCommit?.sha ?? null
  const own = (nodes: MergeRequestNode[]) =>
    nodes.filter(({ sourceProject }) => sourceProject?.fullPath.toLowerCase() === project.fullPath.toLowerCase())
  const open = own(nodesOf(project.open)).map((node) => toKnown(job, node, viewer))
  const settled = open.some((one) => one.base === job.spec.base)
  const mayBeElsewhere = !settled && (headOid !== null || job.spec.onForeignCommits === 'new-branch')
  const files = (name: 'baseFiles' | 'headFiles') => filesAt(parts, name)
  return {
    base: { oid: baseOid, files: files('baseFiles') },
    head: headOid === null ? null : { oid: headOid, files: files('headFiles') },
    open,
    merged: own(nodesOf(project.merged)).map((node) => toKnown(job, node, viewer)),
    relocated: mayBeElsewhere || job.spec.branch !== job.requested ? await readRelocated(run, job) : [],
    // GitLab itself refuses a name that cannot stand beside another.
    clash: null,
    viewer,
    people: new Map(people.map(({ id, username }) => [username.toLowerCase(), numberOf(id)])),
    revisions: revisionsOf(parts),
  }
}

/** Merge requests of ours that were asked for on this branch and had to take another. */
async function readRelocated(run: Run, job: GitLabJob): Promise<State['relocated']> {
  const context = runContext(run, job, 'look for our merge requests')
  const found = await run.client.rest(context, (to) =>
    new MergeRequests(to).all({
      projectId: job.project,
      state: 'opened',
      scope: 'created_by_me',
      targetBranch: job.spec.base,
      perPage: 100,
    }),
  )
  return found.flatMap((one) => {
    const marker = readMarker(one.description ?? '')
    const ours = marker?.branch === job.requested && one.source_branch !== job.requested
    return ours ? [{ branch: one.source_branch, number: one.iid }] : []
  })
}

function toKnown(job: GitLabJob, node: MergeRequestNode, viewer: string): Known {
  const ours = node.author?.username === viewer
  const foreign = node.commits === undefined ? undefined : foreignCommits(nodesOf(node.commits), viewer)
  return {
    number: Number(node.iid),
    base: node.targetBranch,
    body: withPending(job, node),
    ours,
    author: node.author?.username ?? null,
    head: node.diffHeadSha ?? '',
    mergedAt: node.mergedAt === null ? null : Date.parse(node.mergedAt),
    node: asBody(node),
    ...(foreign === undefined ? {} : { foreign }),
  }
}

/** A run that ended before it asked for auto-merge is finished by the next: that nothing waits there shows it. */
function withPending({ spec }: GitLabJob, { description, autoMergeEnabled, draft }: MergeRequestNode): string {
  const marker = readMarker(description ?? '')
  if (!spec.autoMerge || autoMergeEnabled || draft || marker === null) return description ?? ''
  return writeMarker('', { ...marker, pending: 'updated' })
}

/** Not by our account. GitLab names whose address a commit carries; one of nobody it knows is not ours. */
function foreignCommits(commits: readonly CommitNode[], viewer: string): ForeignCommit[] {
  return commits
    .filter(({ author }) => author?.username !== viewer)
    .map(({ sha, author, authorName, authorEmail }) => ({
      oid: sha,
      author: author?.username ?? authorName ?? authorEmail ?? 'somebody unknown',
    }))
}

function asBody(node: MergeRequestNode): MergeRequestBody {
  const people = (users: UserNode[]) => users.map(({ id, username }) => ({ id: numberOf(id), username }))
  return {
    iid: Number(node.iid),
    title: node.title,
    description: node.description,
    state: node.state,
    draft: node.draft,
    web_url: node.webUrl ?? '',
    source_branch: node.sourceBranch,
    target_branch: node.targetBranch,
    sha: node.diffHeadSha ?? '',
    author: node.author,
    labels: nodesOf(node.labels).map(({ title }) => title),
    assignees: people(nodesOf(node.assignees)),
    reviewers: people(nodesOf(node.reviewers)),
    merge_commit_sha: node.mergeCommitSha,
    merge_when_pipeline_succeeds: node.autoMergeEnabled,
  }
}

function filesAt(parts: Found['parts'], name: 'baseFiles' | 'headFiles'): Map<string, string | null> {
  return new Map(
    parts.flatMap(({ paths, node }) => {
      const there = new Map(nodesOf(node[name]).map(({ path, oid }) => [path, oid]))
      return paths.map((path): [string, string | null] => [path, there.get(path) ?? null])
    }),
  )
}

function revisionsOf(parts: Found['parts']): Map<string, string> {
  const found = parts.flatMap(({ paths, node }) =>
    paths.map((path, n): [string, string | undefined] => [path, node[`f${n}`]?.lastCommit?.sha]),
  )
  return new Map(found.flatMap(([path, sha]) => (sha === undefined ? [] : [[path, sha] as const])))
}

function pathVariables(paths: string[]): Record<string, unknown> {
  return { paths, ...Object.fromEntries(paths.map((path, n) => [`f${n}`, path])) }
}

/** `gid://gitlab/User/1`, as REST knows it. */
function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('/') + 1))
}

function notFound({ spec }: GitLabJob): VcsError {
  const message = `Cannot publish to ${spec.repository}: there is no such project, or it is hidden from this credential. Check the name, and that the account is a member with at least the role Developer.`
  return new VcsError('not-found', message)
}

function missingBase({ spec }: GitLabJob, { fullPath, repository }: ProjectNode): never {
  const message =
    repository?.empty === true
      ? `${fullPath} is empty: push a first commit to ${spec.base} before merge requests can be opened.`
      : `The base branch ${JSON.stringify(spec.base)} does not exist in ${fullPath}. Create it, or name another in the route.`
  throw new VcsError('not-found', message)
}
