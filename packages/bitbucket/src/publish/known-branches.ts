/**
 * Branches that this adapter saw an open pull request on. Only a guess at which question to ask first: with one the
 * pull requests tell everything in one request, without one the branches do.
 */
export interface KnownBranches {
  has(repository: string, branch: string): boolean
  add(repository: string, branch: string): void
  remove(repository: string, branch: string): void
}

const KEEP_AT_MOST = 10_000

export function createKnownBranches(): KnownBranches {
  const names = new Set<string>()
  const key = (repository: string, branch: string) => `${repository.toLowerCase()} ${branch}`
  return {
    has: (...place) => names.has(key(...place)),
    add(...place) {
      if (names.size >= KEEP_AT_MOST) names.clear()
      names.add(key(...place))
    },
    remove: (...place) => void names.delete(key(...place)),
  }
}
