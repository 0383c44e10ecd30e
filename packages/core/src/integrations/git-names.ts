/** Why git or a forge could not hold a file at this path; null where it could. */
export function pathProblem(path: string): string | null {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'must be relative to the repository'
  if (path.includes('\\') || path.includes('\0')) return 'must not hold a backslash or a NUL'
  if (Buffer.byteLength(path) > 4096) return 'is longer than 4096 bytes'
  const parts = path.split('/')
  if (parts.includes('')) return 'must not have empty parts'
  if (parts.some((part) => part === '.' || part === '..')) return 'must not have "." or ".." in it'
  return parts.some((part) => part.toLowerCase() === '.git') ? 'must not go into .git' : null
}

/** Why this can be no branch; null where it can. */
export function branchProblem(branch: string): string | null {
  return BRANCH_RULES.find(({ forbidden }) => forbidden.test(branch))?.reason ?? null
}

/** By git-check-ref-format(1), rules 1 to 10. */
const BRANCH_RULES: readonly { forbidden: RegExp; reason: string }[] = [
  { forbidden: /^$/, reason: 'must not be empty' },
  { forbidden: /(^|\/)\./, reason: 'must have no part that begins with a dot' },
  { forbidden: /\.lock(\/|$)/i, reason: 'must have no part that ends with .lock' },
  { forbidden: /\.\./, reason: 'must not hold two dots in a row' },
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids exactly these
  { forbidden: /[\x00-\x20\x7f~^:?*[\\]/, reason: 'must not hold spaces, control characters or any of ~^:?*[\\' },
  { forbidden: /^\/|\/$|\/\//, reason: 'must not begin or end with a slash, nor hold two in a row' },
  { forbidden: /\.$/, reason: 'must not end with a dot' },
  { forbidden: /@\{|^@$/, reason: 'must not be @ nor hold @{' },
  { forbidden: /^-|^HEAD$|^refs\//, reason: 'must not begin with a dash or refs/, nor be HEAD' },
]
