import { MergeRequests } from '@gitbeaker/rest'
import { VcsError } from '@pullwright/core'
import { parentNames, readMarker } from '@pullwright/core/vcs'
import type { GitLabJob } from './job.ts'
import { numberOf, toKnown } from './known.ts'
import {
  FILES_PER_QUERY,
  type FilesData,
  type FilesNode,
  filesQuery,
  type MergeRequestNode,
  NAMES_QUERY,
  type NamesData,
  nodesOf,
  type PlanData,
  planQuery,
  type UserNode,
} from './plan-query.ts'
import { type Run, runContext, type State } from './state.ts'

type ProjectNode = NonNullable<PlanData['project']>

/** One request; one more where our work may stand on another branch. */
export async function readState(run: Run, job: GitLabJob): Promise<State> {
  const { base, branch } = job.spec
  const context = runContext(run, job, 'read the project', ['role: Reporter'])
  const place = { project: job.project, base, branch }
  const parts = inParts(job.files.map(({ path }) => path))
  const [first = [], ...rest] = parts
  const people = [...new Set([...job.reviewers, ...job.assignees])]
  const parents = parentNames(branch)
  const above = Object.fromEntries(parents.map((name, n) => [`p${n}`, name]))
  const plan = {
    query: planQuery(first.length, parents.length),
    variables: { ...place, people, named: people.length > 0, ...pathVariables(first), ...above },
  }
  const names = { query: NAMES_QUERY, variables: { project: job.project, below: `${branch}/*` } }
  const more = rest.map((paths) => ({
    query: filesQuery(paths.length),
    variables: { ...place, ...pathVariables(paths) },
  }))
  const [found, below, ...files] = (await run.client.graphql([plan, names, ...more], context)) as [
    PlanData,
    NamesData | null,
    ...(FilesData | null)[],
  ]
  const { project } = found
  const viewer = found.currentUser?.username
  if (project === null || project.repository === null || viewer === undefined) throw notFound(job)
  if (project.archived === true) {
    throw new VcsError('policy', `${project.fullPath} is archived and read-only. Unarchive it, or route elsewhere.`)
  }
  const { repository } = project
  const nodes: FilesNode[] = [repository, ...files.map((one) => one?.project?.repository ?? NO_FILES)]
  const clash =
    parents.find((_, n) => repository[`p${n}`]?.lastCommit) ?? below?.project?.repository?.below?.[0] ?? null
  return toState(run, job, {
    project,
    viewer,
    clash,
    people: nodesOf(found.users),
    parts: parts.map((paths, n) => ({ paths, node: nodes[n] ?? NO_FILES })),
  })
}

const NO_FILES: FilesNode = { baseFiles: null, headFiles: null }

function inParts(paths: string[]): string[][] {
  const count = Math.ceil(paths.length / FILES_PER_QUERY)
  return Array.from({ length: count }, (_, n) => paths.slice(n * FILES_PER_QUERY, (n + 1) * FILES_PER_QUERY))
}

interface Found {
  project: ProjectNode
  viewer: string
  clash: string | null
  people: UserNode[]
  parts: { paths: string[]; node: FilesNode }[]
}

async function toState(run: Run, job: GitLabJob, { project, viewer, clash, people, parts }: Found): Promise<State> {
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
    clash,
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
