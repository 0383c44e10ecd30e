import { ZERO_OID } from '../../git/bare-repository.ts'
import type { PipelineStatus, Project } from '../model/entities.ts'
import type { World } from '../model/world.ts'
import { personOf } from '../operations/create-commit.ts'
import { followBranch } from '../operations/follow-refs.ts'
import { createMergeRequest, updateMergeRequest } from '../operations/merge-requests.ts'
import { acceptMergeRequest, runAutoMerges } from '../operations/merging.ts'
import type { Finder } from './finder.ts'
import { ensureUser } from './setup.ts'

export interface GitLabHumanCommit {
  project: string
  branch: string
  /** Path to content; null deletes. */
  files: Record<string, string | Uint8Array | null>
  /** Default `Edit by hand`. */
  message?: string
  /** Username. Default `jane`. */
  author?: string
  /** Branch or commit that a new branch starts from. Default: the default branch. */
  from?: string
}

/** What people do in the browser, or by pushing. */
export function people(world: World, { project, mergeRequest }: Finder) {
  const as = (path: string, username: string) => {
    const user = ensureUser(world, username)
    if (!project(path).members.has(username.toLowerCase())) project(path).members.set(username.toLowerCase(), 'owner')
    return { token: null, user }
  }
  return {
    /** A commit somebody pushed. Answers its id. */
    commitAs: (commit: GitLabHumanCommit): Promise<string> => push(world, project(commit.project), commit),
    /** Points a branch somewhere, whatever it held; `null` deletes it. */
    async moveBranch(path: string, branch: string, to: string | null): Promise<void> {
      const one = project(path)
      const after = to === null ? ZERO_OID : await one.git.resolve(to)
      if (after === null) throw new Error(`There is no commit ${to}.`)
      const refused = await one.git.updateRefs([{ name: `refs/heads/${branch}`, after }])
      if (refused !== null) throw new Error(refused)
      await followBranch(world, one, branch)
    },
    async openMergeRequest(
      path: string,
      input: { source: string; target?: string; title?: string; description?: string; by?: string },
    ): Promise<number> {
      const one = project(path)
      const fields = {
        title: input.title ?? input.source,
        description: input.description ?? '',
        targetBranch: input.target ?? one.defaultBranch,
      }
      const made = await createMergeRequest(world, as(path, input.by ?? 'jane'), one, input.source, {
        ...NO_FIELDS,
        ...fields,
      })
      return made.iid
    },
    merge: (path: string, iid: number, options: { by?: string; squash?: boolean; removeSourceBranch?: boolean } = {}) =>
      acceptMergeRequest(world, as(path, options.by ?? 'jane'), mergeRequest(path, iid), {
        sha: null,
        autoMerge: false,
        squash: options.squash ?? null,
        removeSourceBranch: options.removeSourceBranch ?? null,
      }),
    close: (path: string, iid: number, by = 'jane'): void =>
      updateMergeRequest(world, as(path, by), mergeRequest(path, iid), { ...NO_FIELDS, stateEvent: 'close' }),
    editDescription: (path: string, iid: number, description: string): void => {
      mergeRequest(path, iid).description = description
    },
    async approve(path: string, iid: number, by = 'jane'): Promise<void> {
      const one = mergeRequest(path, iid)
      one.approvals.push({ user: as(path, by).user, at: world.now() })
      await runAutoMerges(world, [one])
    },
    comment(path: string, iid: number, body: string, by = 'jane'): number {
      const [id, at] = [world.nextId(), world.now()]
      const author = ensureUser(world, by)
      mergeRequest(path, iid).notes.push({ id, body, author, system: false, createdAt: at, updatedAt: at })
      return id
    },
    /** Ends the pipelines of a commit. */
    async finishPipeline(path: string, sha: string, status: PipelineStatus = 'success'): Promise<void> {
      for (const one of project(path).pipelines) if (one.sha === sha) one.status = status
      await runAutoMerges(world, project(path).mergeRequests)
    },
  }
}

/** A commit somebody pushed. Answers its id. */
async function push(world: World, one: Project, commit: GitLabHumanCommit): Promise<string> {
  const who = personOf(ensureUser(world, commit.author ?? 'jane'), world.now())
  const ref = `refs/heads/${commit.branch}`
  const oid = await one.lock(async () => {
    const parent = (await one.git.resolve(ref)) ?? (await one.git.resolve(commit.from ?? one.defaultBranch))
    if ((await one.git.resolve(ref)) === null && parent !== null) {
      await one.git.updateRefs([{ name: ref, after: parent }])
    }
    const entries = Object.entries(commit.files)
    return one.git.commitTo(ref, {
      parent,
      message: commit.message ?? 'Edit by hand',
      author: who,
      committer: who,
      additions: entries.flatMap(([path, contents]) => (contents === null ? [] : [{ path, contents }])),
      deletions: entries.flatMap(([path, contents]) => (contents === null ? [path] : [])),
    })
  })
  if (oid === null) throw new Error(`${commit.branch} moved while the fake committed to it.`)
  await followBranch(world, one, commit.branch)
  return oid
}

const NO_FIELDS = {
  title: null,
  description: null,
  targetBranch: null,
  labels: null,
  addLabels: [],
  removeLabels: [],
  assigneeIds: null,
  reviewerIds: null,
  squash: null,
  removeSourceBranch: null,
  stateEvent: null,
}
