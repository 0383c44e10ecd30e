import { isVcsError } from '../errors.ts'
import type { RepositoryInspection, Vcs } from '../ports/vcs.ts'

/** What the adapter tells of the repository, and whether the branch that pull requests are to go to is there. */
export async function testConnection(
  vcs: Vcs,
  { repository, base }: { repository: string; base: string | null },
): Promise<RepositoryInspection> {
  const found = await vcs.inspect(repository)
  if (!found.ok || base === null || base === found.defaultBranch) return found
  try {
    await vcs.readFiles(repository, { ref: base, paths: [] })
    return found
  } catch (error) {
    if (!isVcsError(error) || error.code !== 'not-found') throw error
    const problem = `There is no branch ${JSON.stringify(base)} in ${repository}. Push it, or name another \`base\`.`
    return { ...found, ok: false, problems: [...found.problems, problem] }
  }
}
