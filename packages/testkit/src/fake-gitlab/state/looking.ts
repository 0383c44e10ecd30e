import type { World } from '../model/world.ts'
import type { Finder } from './finder.ts'
import { commitsOf, filesOf, type GitLabCommitSnapshot, type MergeRequestSnapshot, snapshotOf } from './snapshots.ts'

/** What there is, for assertions. */
export function looking(world: World, { project }: Finder) {
  return {
    /** All of a project, oldest first. */
    mergeRequests: (path: string): MergeRequestSnapshot[] =>
      project(path).mergeRequests.map((one) => snapshotOf(world, one)),
    branches: async (path: string): Promise<string[]> =>
      (await project(path).git.refs('refs/heads/')).map(({ name }) => name.slice('refs/heads/'.length)),
    head: (path: string, branch: string): Promise<string | null> => project(path).git.resolve(`refs/heads/${branch}`),
    /** As text; null where there is none. */
    file: async (path: string, file: string, ref = project(path).defaultBranch): Promise<string | null> =>
      (await project(path).git.read(`${ref}:${file}`))?.data.toString('utf8') ?? null,
    bytes: async (path: string, file: string, ref = project(path).defaultBranch): Promise<Uint8Array | null> =>
      (await project(path).git.read(`${ref}:${file}`))?.data ?? null,
    files: (path: string, ref = project(path).defaultBranch): Promise<Record<string, string>> =>
      filesOf(project(path), ref),
    /** Newest first. */
    commits: (path: string, ref: string, limit = 100): Promise<GitLabCommitSnapshot[]> =>
      commitsOf(project(path), ref, limit),
    statuses: (path: string, sha?: string) =>
      project(path)
        .statuses.filter((one) => sha === undefined || one.sha === sha)
        .map(({ sha: of, name, status, description, targetUrl }) => ({
          sha: of,
          name,
          status,
          description,
          targetUrl,
        })),
    deployments: (path: string) =>
      project(path).deployments.map(({ id, sha, ref, status, environment }) => ({
        id,
        sha,
        ref,
        status,
        environment: environment.name,
      })),
    issues: (path: string) =>
      project(path).issues.map(({ iid, title, description, state, labels }) => ({
        iid,
        title,
        description,
        state,
        labels,
      })),
  }
}
