import { createHash } from 'node:crypto'

/**
 * A name as one segment of a file's path. Letters of any script, digits, spaces, `.`, `_` and `-` stay; where anything
 * else was replaced a short hash of the whole name follows, so that two names never meet in one file.
 */
export function pathSegment(name: string): string {
  const safe = cut(name.replace(/[^\p{L}\p{N}\p{M} ._-]/gu, '-').replace(/^\.+|[. ]+$/g, '-'))
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

/** File systems take 255 bytes; some stay free for the hash and an ending. */
const MOST_BYTES = 200

/** Between characters, never through one. */
function cut(text: string): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > MOST_BYTES) break
    end += character.length
  }
  return text.slice(0, end)
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 8)
}
