import { canonicalKey } from './canonical-key.ts'
import { KEY_ANCHORS, SECRET_KEYS } from './default-keys.ts'
import type { KeyOptions } from './key-policy.ts'

/**
 * Pieces of letters, blind to case, one of which a key must contain to be judged a secret; null: any key may be one. With
 * them a text tells in one pass where to look for keys.
 */
export function keyAnchors(options: KeyOptions = []): readonly string[] | null {
  const { add = [], only } = Array.isArray(options)
    ? { add: options }
    : (options as Exclude<KeyOptions, readonly string[]>)
  const anchors = new Set(only === undefined ? KEY_ANCHORS : [])
  for (const pattern of [...add, ...(only ?? [])]) {
    if (only === undefined && SECRET_KEYS.includes(pattern)) continue
    const pieces = piecesOf(canonicalKey(pattern))
    if (pieces === null) return null
    if (!pieces.some((piece) => piece.length > 2 && anchors.has(piece))) for (const piece of pieces) anchors.add(piece)
  }
  return [...anchors]
}

/**
 * A host that wrote `internal_ref` told where the words end, and `internal` stays whole in any notation of it. One that wrote
 * `internalref` may find it as `internal_ref`: wherever it is parted, one of its pieces stays whole.
 */
function piecesOf(pattern: string): string[] | null {
  const words = pattern.split(/[*?_]+/)
  const longest = words.reduce((most, word) => (word.length > most.length ? word : most), '')
  if (longest.length < 2 || !/^[a-z0-9]+$/.test(longest)) return null
  if (pattern.includes('_')) return [longest.slice(0, 3)]
  if (longest.length === 4) return [longest.slice(0, 2), longest.slice(2)]
  return Array.from({ length: Math.max(1, longest.length - 2) }, (_, at) => longest.slice(at, at + 3))
}
