import { levelOf, type Session } from '../model/access.ts'
import { ACCESS_LEVEL, type MergeRequest, type Project, type User } from '../model/entities.ts'
import { isoTime, type World } from '../model/world.ts'
import { isDraft } from '../operations/merging.ts'
import { resolve } from '../rest/routes/repository-routes.ts'

interface ListArguments {
  sourceBranches?: string[]
  targetBranches?: string[]
  state?: string
  first?: number
}

export function userView({ id, username, name }: User) {
  return { id: `gid://gitlab/User/${id}`, username, name }
}

export function projectView(world: World, session: Session, project: Project) {
  const code = project.visibility !== 'private' || levelOf(session.user, project) >= ACCESS_LEVEL.reporter
  return {
    id: `gid://gitlab/Project/${project.id}`,
    fullPath: project.path,
    archived: project.archived,
    visibility: project.visibility,
    repository: code ? () => repositoryView(world, project) : null,
    mergeRequests: ({ sourceBranches, targetBranches, state, first = 100 }: ListArguments) => {
      if (!code) return { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } }
      const found = project.mergeRequests
        .filter(
          (one) =>
            (sourceBranches?.includes(one.sourceBranch) ?? true) &&
            (targetBranches?.includes(one.targetBranch) ?? true) &&
            (state === undefined || state === 'all' || one.state === state),
        )
        .reverse()
      const page = found.slice(0, Math.min(first, 100))
      return {
        nodes: page.map((one) => mergeRequestView(world, one)),
        pageInfo: { hasNextPage: page.length < found.length, endCursor: null },
      }
    },
  }
}

function repositoryView(world: World, project: Project) {
  const empty = async () => (await project.git.refs('refs/heads/')).length === 0
  return {
    exists: true,
    branchNames: async ({ searchPattern, offset, limit }: { searchPattern: string; offset: number; limit: number }) => {
      const pattern = searchPattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
      const names = (await project.git.refs('refs/heads/')).map(({ name }) => name.slice('refs/heads/'.length))
      return names.filter((name) => new RegExp(`^${pattern}$`).test(name)).slice(offset, offset + limit)
    },
    empty,
    rootRef: async () => ((await empty()) ? null : project.defaultBranch),
    tree: async ({ path, ref }: { path: string; ref: string }) => {
      const start = await resolve(project, ref === 'head' ? project.defaultBranch : ref)
      if (start === null) return { lastCommit: null }
      const oid = path === '' ? start : (await project.git.log(start, path))[0]
      return { lastCommit: oid === undefined ? null : await commitView(world, project, oid) }
    },
    blobs: async ({ paths, ref }: { paths: string[]; ref?: string }) => {
      const start = await resolve(project, ref ?? project.defaultBranch)
      const blobs = await Promise.all(
        paths.map(async (path) => ({ path, blob: start === null ? null : await project.git.read(`${start}:${path}`) })),
      )
      return { nodes: blobs.flatMap(({ path, blob }) => (blob?.type === 'blob' ? [{ path, oid: blob.oid }] : [])) }
    },
  }
}

function mergeRequestView(world: World, one: MergeRequest) {
  const { project } = one
  return {
    id: `gid://gitlab/MergeRequest/${one.id}`,
    iid: String(one.iid),
    title: one.title,
    description: one.description,
    state: one.state,
    draft: isDraft(one.title),
    webUrl: `${world.webUrl}/${project.path}/-/merge_requests/${one.iid}`,
    sourceBranch: one.sourceBranch,
    targetBranch: one.targetBranch,
    diffHeadSha: one.sha,
    mergeCommitSha: one.mergeCommitSha,
    mergedAt: one.mergedAt === null ? null : isoTime(one.mergedAt),
    autoMergeEnabled: one.autoMerge,
    squashOnMerge: one.squash,
    forceRemoveSourceBranch: one.removeSourceBranch,
    author: userView(one.author),
    mergeUser: one.mergedBy === null ? null : userView(one.mergedBy),
    sourceProject: { id: `gid://gitlab/Project/${project.id}`, fullPath: project.path },
    labels: { nodes: one.labels.map((title) => ({ title })) },
    assignees: { nodes: one.assignees.map(userView) },
    reviewers: { nodes: one.reviewers.map(userView) },
    commits: async ({ first = 100 }: { first?: number }) => {
      const base = (await project.git.resolve(`refs/heads/${one.targetBranch}`)) ?? one.sha
      const { commits } = await project.git.compare(base, one.sha)
      return {
        nodes: await Promise.all(
          commits
            .reverse()
            .slice(0, first)
            .map((oid) => commitView(world, project, oid)),
        ),
      }
    },
  }
}

/** The author is the account whose address the commit carries. */
async function commitView(world: World, project: Project, oid: string) {
  const commit = await project.git.commitAt(oid)
  if (commit === null) return null
  const { name, email } = commit.author
  const user = [...world.users.values()].find((one) => one.email === email)
  return { sha: oid, authorName: name, authorEmail: email, author: user === undefined ? null : userView(user) }
}
