import { VcsError } from '@pullwright/core'

/** GitHub's own limit is 255 bytes for the whole ref. */
const MAX_BYTES = 255 - 'refs/heads/'.length

/** Refuses what git or GitHub would not take as a branch, before a request is made. */
export function checkBranchName(branch: string, what: 'base' | 'branch'): void {
  const reason = branchNameProblem(branch)
  if (reason !== null) {
    throw new VcsError('invalid', `${JSON.stringify(branch)} cannot be the ${what}: ${reason}.`)
  }
}

/** Why this is no branch name, by `git check-ref-format` and GitHub's own two rules; null where it is one. */
function branchNameProblem(branch: string): string | null {
  if (branch === '') return 'a branch needs a name'
  if (Buffer.byteLength(branch) > MAX_BYTES) return `it is longer than ${MAX_BYTES} bytes`
  return RULES.find(({ forbidden }) => forbidden.test(branch))?.reason ?? null
}

const RULES: readonly { forbidden: RegExp; reason: string }[] = [
  // git-check-ref-format(1), rules 1 to 10
  { forbidden: /(^|\/)\./, reason: 'no part of it may begin with a dot' },
  { forbidden: /\.lock(\/|$)/i, reason: 'no part of it may end with .lock' },
  { forbidden: /\.\./, reason: 'it may not contain two dots in a row' },
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids exactly these
  { forbidden: /[\x00-\x20\x7f~^:?*[\\]/, reason: 'it may not contain spaces, control characters or any of ~^:?*[\\' },
  { forbidden: /^\/|\/$|\/\//, reason: 'it may not begin or end with a slash, nor contain two in a row' },
  { forbidden: /\.$/, reason: 'it may not end with a dot' },
  { forbidden: /@\{/, reason: 'it may not contain @{' },
  { forbidden: /^@$/, reason: 'it may not be @' },
  { forbidden: /^-/, reason: 'it may not begin with a dash' },
  { forbidden: /^HEAD$/, reason: 'HEAD is no branch' },
  // https://docs.github.com/get-started/using-git/dealing-with-special-characters-in-branch-and-tag-names
  { forbidden: /^[0-9a-f]{40}$/i, reason: 'GitHub takes no name of 40 hexadecimal digits, as commits have them' },
  { forbidden: /^refs\//, reason: 'GitHub takes no name that begins with refs/; give the short name' },
]

/** `a` and `a/b` for `a/b/c`: git cannot hold a branch of that name beside it. */
export function parentNames(branch: string): string[] {
  const parts = branch.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
