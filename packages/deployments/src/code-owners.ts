/** Where forges look for it: GitHub, GitLab, Bitbucket. The first one there counts. */
export const CODE_OWNERS_FILES = [
  '.github/CODEOWNERS',
  '.gitlab/CODEOWNERS',
  '.bitbucket/CODEOWNERS',
  'CODEOWNERS',
  'docs/CODEOWNERS',
]

/**
 * User names and `owner/team` of those who own a path, by the text of a CODEOWNERS file: the last line that fits counts.
 * Addresses are left out, and of GitLab's sections their headings.
 */
export function codeOwnersOf(text: string, path: string): string[] {
  let owners: string[] = []
  for (const line of text.split('\n')) {
    const [pattern = '', ...names] = line
      .replace(/(?:^|\s)#.*/, '')
      .trim()
      .split(/\s+/)
    if (pattern === '' || /^\^?\[/.test(pattern) || !fits(pattern, path)) continue
    owners = names.flatMap((name) => (/^@[^@\s]+$/.test(name) ? [name.slice(1)] : []))
  }
  return owners
}

/** The rules of `.gitignore`: a `/` inside or before ties a pattern to the root, one after it means a folder. */
function fits(pattern: string, path: string): boolean {
  const bare = pattern.replace(/^\/|\/$/g, '')
  const parts = pattern.replace(/\/$/, '').includes('/') ? [] : ['**']
  return fitsParts([...parts, ...bare.split('/'), ...(pattern.endsWith('/') ? ['**', '*'] : [])], path.split('/'))
}

/** What is below a folder that fits, fits. */
function fitsParts([first, ...rest]: readonly string[], path: readonly string[]): boolean {
  if (first === undefined) return true
  const [name, ...below] = path
  if (first === '**') return fitsParts(rest, path) || (name !== undefined && fitsParts([first, ...rest], below))
  return name !== undefined && fitsName(first, name) && fitsParts(rest, below)
}

function fitsName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === name
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > name.length - last.length) return false
    at = found + part.length
  }
  return true
}
