import { formatPath } from '../config-diff/path.ts'
import type { Told } from './hide-text.ts'
import { advance, type PathState, pathEnds } from './path-policy.ts'
import { holdsNothing, PLAIN, type Slot, slotOf } from './secret-slot.ts'
import { toContainer } from './to-container.ts'
import { redactDeep } from './walk-deep.ts'
import { CIRCULAR, type Container, type Found, renameKeys, type WalkParts, write } from './walk-parts.ts'

/**
 * Hides every secret of a value: under telling keys, at given paths, in texts and in keys. Copies on write: what is clean
 * comes back as it is, and nothing given is ever changed.
 */
export function redactValue(root: unknown, parts: WalkParts, found?: Found, state: PathState = parts.paths): unknown {
  if (typeof root === 'string')
    return parts.hide(root, found && ((detector, secret) => found({ path: '', detector }, secret)))
  if (typeof root !== 'object' || root === null) return root
  const trip: Trip = { parts, ancestors: [], path: [], leaf: '', depth: 0, found, told: undefined }
  if (found) trip.told = (detector, secret) => report(trip, detector, secret)
  return visit(trip, root, PLAIN, state, 0)
}

/** One walk: where we are, for those who ask. */
interface Trip {
  parts: WalkParts
  ancestors: object[]
  path: (string | number)[]
  leaf: string | number
  depth: number
  found: Found | undefined
  /** For what is found in the text at `leaf`. */
  told: Told | undefined
}

/** So deep goes plain recursion, which is twice as fast. */
const DEEPEST = 100

function visit(trip: Trip, source: object, slot: Slot, state: PathState, depth: number): unknown {
  const { ancestors } = trip
  for (let at = depth - 1; at >= 0; at--) if (ancestors[at] === source) return CIRCULAR
  if (depth >= DEEPEST) {
    const above = { ancestors: ancestors.slice(0, depth), path: trip.path.slice(0, depth), slot, state }
    return redactDeep(source, above, trip.parts, trip.found)
  }
  const node = toContainer(source)
  if (node === null) return source
  ancestors[depth] = source
  return Array.isArray(node)
    ? visitItems(trip, node, source, state, depth)
    : visitFields(trip, node, source, slot, state, depth)
}

function visitItems(trip: Trip, node: unknown[], source: object, state: PathState, depth: number): unknown {
  let copy: Container | null = null
  for (let index = 0; index < node.length; index++) {
    const value = node[index]
    const after = visitChild(trip, value, index, PLAIN, state === null ? null : advance(state, index), depth)
    if (after !== value) copy = write(copy, node, index, after)
  }
  return copy ?? source
}

function visitFields(
  trip: Trip,
  node: Record<string, unknown>,
  source: object,
  slot: Slot,
  state: PathState,
  depth: number,
): unknown {
  const { parts } = trip
  let copy: Container | null = null
  let renamed: Map<string, string> | null = null
  for (const key of Object.keys(node)) {
    const value = node[key]
    const facts = parts.keyFacts(key)
    if (facts.safe !== key) {
      if (trip.told) parts.hide(key, at(trip, key, depth))
      renamed ??= new Map()
      renamed.set(key, facts.safe)
    }
    let inner = PLAIN
    if (facts.tells || slot !== PLAIN)
      inner = slotOf(parts.policy, node, key, value, { slot, key: depth > 0 ? trip.path[depth - 1] : undefined })
    const after = visitChild(trip, value, key, inner, state === null ? null : advance(state, key), depth)
    if (after !== value) copy = write(copy, node, key, after)
  }
  return renamed === null ? (copy ?? source) : renameKeys(copy ?? node, renamed)
}

function visitChild(
  trip: Trip,
  value: unknown,
  key: string | number,
  slot: Slot,
  state: PathState,
  depth: number,
): unknown {
  const pattern = state === null ? null : pathEnds(state)
  if (slot.kind === 'secret' || pattern !== null) {
    const { mask } = trip.parts
    if (holdsNothing(value) || (typeof value === 'string' && mask.is(value))) return value
    at(trip, key, depth)?.(slot.kind === 'secret' ? `key:${slot.pattern}` : `path:${pattern}`, value)
    return mask.of(value)
  }
  if (typeof value === 'string')
    return trip.parts.hide(value, trip.told === undefined ? undefined : at(trip, key, depth))
  if (typeof value !== 'object' || value === null) return value
  trip.path[depth] = key
  return visit(trip, value, slot, state, depth + 1)
}

/** Who is told of what is found under this key. */
function at(trip: Trip, key: string | number, depth: number): Trip['told'] {
  trip.leaf = key
  trip.depth = depth
  return trip.told
}

function report({ parts, path, depth, leaf, found }: Trip, detector: string, secret: unknown): void {
  const way = [...path.slice(0, depth), leaf]
  const safe = way.map((part) => (typeof part === 'string' ? parts.keyFacts(part).safe : part))
  found?.({ path: formatPath(safe), detector }, secret)
}
