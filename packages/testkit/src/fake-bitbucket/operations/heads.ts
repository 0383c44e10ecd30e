import type { PullRequest, Repository } from '../model/entities.ts'

export const branchRef = (name: string) => `refs/heads/${name}`

export function tipOf(repository: Repository, branch: string): Promise<string | null> {
  return repository.git.resolve(branchRef(branch))
}

/** Where the source of an open pull request stands; where it last stood once its branch is gone. */
export async function headOf(pullRequest: PullRequest): Promise<string> {
  return (await tipOf(pullRequest.repository, pullRequest.source)) ?? pullRequest.sourceCommit
}

/** A commit by its hash, the beginning of one, or the name of a branch or tag. */
export async function resolveCommit(repository: Repository, text: string): Promise<string | null> {
  const branch = await tipOf(repository, text)
  if (branch !== null) return branch
  if (/^[0-9a-f]{7,40}$/i.test(text)) return repository.git.resolve(text)
  return repository.git.resolve(`refs/tags/${text}`)
}

/** So that a branch that goes away leaves its pull requests knowing where it stood. */
export async function rememberHeads(repository: Repository, branch: string): Promise<void> {
  for (const pullRequest of repository.pullRequests) {
    if (pullRequest.state === 'OPEN' && pullRequest.source === branch) {
      pullRequest.sourceCommit = await headOf(pullRequest)
    }
  }
}
