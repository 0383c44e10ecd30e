import { createHash } from 'node:crypto'

/**
 * A name as one segment of a file's path. Letters of any script, digits, spaces, `.`, `_` and `-` stay; where anything
 * else was replaced a short hash of the whole name follows, so that two names never meet in one file.
 */
export function pathSegment(name: string): string {
  const safe = name
    .replace(/[^\p{L}\p{N}\p{M} ._-]/gu, '-')
    .replace(/^\.+|[. ]+$/g, '-')
    .slice(0, 100)
  return safe === name && safe !== '' ? name : `${safe || 'x'}-${hash(name)}`
}

/** The same for a branch: what `git check-ref-format` takes in every forge. Lower and upper case stay. */
export function branchSegment(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/\.{2,}/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .replace(/\.lock$/i, '-lock')
    .slice(0, 60)
  return safe === name && safe !== '' ? name : `${safe || 'x'}-${hash(name)}`
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 8)
}
