import type { FileSnapshot, PullRequest, Vcs } from '@pullwright/core'
import { matchesRoute } from '../matches-route.ts'
import type { CompiledRoute } from '../route.ts'
import { filePathOf } from './file-path.ts'
import { hides } from './hides.ts'
import { type FileInGit, readDeploymentFile } from './read-deployment-file.ts'

export interface RequestedFile {
  compiled: CompiledRoute
  path: string
  /** As it stands now. */
  file: FileInGit
  /** As it stood on the base before; null where it is new, or the forge does not tell. */
  before: FileInGit | null
}

export interface RequestedFiles {
  files: RequestedFile[]
  /** Files of a route's that cannot be read as what they should be, in sentences. */
  problems: string[]
}

/** The deployment files that a pull request changed, with what they were. */
export async function requestedFiles(
  vcs: Vcs,
  pullRequest: PullRequest,
  routes: readonly CompiledRoute[],
  { project, ref, signal }: { project: string; ref: string; signal: AbortSignal },
): Promise<RequestedFiles> {
  const { repository } = pullRequest
  const changed = (await vcs.contents?.changedFiles(pullRequest, { signal })) ?? []
  const paths = changed
    .filter(({ status, path }) => status !== 'removed' && /\.(json|ya?ml)$/.test(path))
    .map(({ path }) => path)
  if (paths.length === 0) return { files: [], problems: [] }
  const now = await vcs.readFiles(repository, { ref, paths }, { signal })
  const base = pullRequest.baseCommit ?? null
  const then = base === null ? null : await vcs.readFiles(repository, { ref: base, paths }, { signal })
  const found: RequestedFiles = { files: [], problems: [] }
  for (const path of paths) {
    const file = fileIn(now, path)
    const compiled = routes.find((route) => file !== null && !('problem' in file) && owns(route, path, file, project))
    if (compiled !== undefined && file !== null && !('problem' in file)) {
      const { app, environment, revision, variant } = file
      const hidden = [app, environment, String(revision)].find((name) => hides(name, compiled.route))
      if (hidden !== undefined) {
        found.problems.push(`${path} cannot be deployed: ${hidden} stands for a name that the file does not show`)
        continue
      }
      const before = then === null ? null : fileIn(then, path)
      const shown = variant === null || hides(variant, compiled.route) ? null : variant
      found.files.push({
        compiled,
        path,
        file: { ...file, variant: shown },
        before: before === null || 'problem' in before ? null : before,
      })
    } else if (file !== null && 'problem' in file && routes.some((route) => mayOwn(route, path))) {
      found.problems.push(`${path} cannot be deployed: ${file.problem}`)
    }
  }
  return found
}

/** A file speaks for the deployment it names only where the route would have put that deployment's file. */
function owns(compiled: CompiledRoute, path: string, file: FileInGit, project: string): boolean {
  const { app, environment } = file
  return matchesRoute(compiled.route, { project, app, environment }) && filePathOf(compiled, file, project) === path
}

/** Whether a route could have written there, so that a broken file is worth a word. */
function mayOwn(compiled: CompiledRoute, path: string): boolean {
  const [folder = ''] = (compiled.route.path ?? 'deployments/').split('{{')
  return path.startsWith(folder)
}

function fileIn({ files }: FileSnapshot, path: string): FileInGit | { problem: string } | null {
  const content = files[path]?.content
  return content === undefined ? null : readDeploymentFile(content)
}
