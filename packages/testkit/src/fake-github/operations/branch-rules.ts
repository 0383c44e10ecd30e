import type { Protection, Repository } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'

export function protectionOf(repository: Repository, branch: string): Protection | null {
  return repository.protections.find((protection) => protection.branch === branch) ?? null
}

/** Throws GitHub's refusal of a commit that goes around the pull request. */
export function refuseDirectChange(repository: Repository, branch: string): void {
  const protection = protectionOf(repository, branch)
  if (protection === null || !protection.requirePullRequest) return
  if (protection.kind === 'classic') {
    throw new Refusal('BRANCH_PROTECTION_RULE_VIOLATION', 'Changes must be made through a pull request.')
  }
  const message = 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n'
  throw new Refusal('UNPROCESSABLE', message, { status: 409 })
}

/**
 * Why GitHub would not take this as the full name of a ref, or null. The rules of `git check-ref-format`, and GitHub's
 * own: no branch of 40 hexadecimal digits, none that starts with `refs/`.
 */
export function refNameProblem(name: string): string | null {
  if (!/^refs\/[^/]+\/./.test(name)) return 'Reference name must start with refs/ and have at least two slashes.'
  const short = name.replace(/^refs\/[^/]+\//, '')
  if (/^[0-9a-f]{40}$/i.test(short))
    return 'Sorry, branch or tag names consisting of 40 hex characters are not allowed.'
  if (short.startsWith('refs/')) return 'Sorry, branch or tag names starting with "refs/" are not allowed.'
  const parts = name.split('/')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids control characters in a ref's name
  const bad = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{/.test(name) || name.endsWith('.') || short === '@'
  const badPart = parts.some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock'))
  return bad || badPart ? `${name} is not a valid ref name.` : null
}

/** What is wrong with a path inside a tree, or null. */
export function pathProblem(path: string): string | null {
  const parts = path.split('/')
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')
  return bad || path.includes('\0') ? 'tree.path contains a malformed path component' : null
}
