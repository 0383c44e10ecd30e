import type { Change, ConfigDiff } from '../config-diff/change.ts'
import { describeStrings } from '../config-diff/diff-config.ts'
import type { Path } from '../config-diff/path.ts'
import { formatPath } from '../config-diff/path.ts'

import type { Redaction } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import { advance, type PathState, pathEnds } from './path-policy.ts'
import { replacedSecret } from './replaced-secret.ts'
import { holdsNothing, PLAIN, type Slot, slotOf } from './secret-slot.ts'
import { redactValue } from './walk.ts'
import type { WalkParts } from './walk-parts.ts'

/** The raw configurations the diff was made of: they tell whether a `value` stands beside the name of a secret. */
export interface DiffContext {
  before?: unknown
  after?: unknown
}

/**
 * The same changes with their secrets hidden, by path or by shape. A changed secret stays a change: it was compared raw.
 * `text` and `json` are made again from what is hidden by then, so nothing shows through a hunk.
 */
export function redactDiff(
  diff: ConfigDiff,
  parts: WalkParts,
  context: DiffContext = {},
  found?: (redaction: Redaction) => void,
): ConfigDiff {
  return { ...diff, changes: diff.changes.map((change) => redactChange(change, parts, context, found)) }
}

function redactChange(
  change: Change,
  parts: WalkParts,
  context: DiffContext,
  found?: (redaction: Redaction) => void,
): Change {
  const path = safePath(change.path, parts)
  if (change.kind === 'moved') return redactMove(change, path, parts)
  const seen = new Set<string>()
  const report = (inner: string, detector: string) => {
    const full = join(formatPath(path), inner)
    if (seen.has(`${detector} ${full}`)) return
    seen.add(`${detector} ${full}`)
    found?.({ path: full, detector })
  }
  const root = change.kind === 'removed' ? context.before : (context.after ?? context.before)
  const hide = (value: JsonValue): JsonValue => {
    const slot = slotAt(change.path, value, root, parts)
    const { pattern, state } = followed(change.path, parts.paths)
    if (slot.kind !== 'secret' && pattern === null)
      return redactValue(value, parts, ({ path, detector }) => report(path, detector), state) as JsonValue
    if (holdsNothing(value) || (typeof value === 'string' && parts.mask.is(value))) return value
    report('', slot.kind === 'secret' ? `key:${slot.pattern}` : `path:${pattern}`)
    return parts.mask.of(value)
  }
  const { text, json, ...rest } = change
  const safe: Change = { ...rest, path }
  if (change.before !== undefined) safe.before = hide(change.before)
  if (change.after !== undefined) safe.after = hide(change.after)
  const [old, fresh] = [
    { raw: change.before, safe: safe.before },
    { raw: change.after, safe: safe.after },
  ]
  if (change.kind === 'modified' && replacedSecret(old, fresh, parts.mask)) safe.secretChanged = true
  if (text === undefined && json === undefined) return safe
  if (safe.before === change.before && safe.after === change.after) return { ...change, ...safe }
  const isText = typeof safe.before === 'string' && typeof safe.after === 'string'
  return isText ? { ...safe, ...describeStrings(safe.before as string, safe.after as string) } : safe
}

/** A move has no values. */
function redactMove({ kind, path, from = path, order }: Change, safe: Path, parts: WalkParts): Change {
  return { kind, path: safe, from: safePath(from, parts), ...(order && { order }) }
}

/** What the keys on the way say about the value at the end of it. */
function slotAt(path: Path, value: unknown, root: unknown, parts: WalkParts): Slot {
  let slot: Slot = PLAIN
  let owner: unknown = root
  for (const [depth, key] of path.entries()) {
    const isLast = depth === path.length - 1
    const child = isLast ? value : childOf(owner, key)
    if (typeof key === 'string') {
      const around = { slot, key: path[depth - 1] }
      // Inside a described parameter the rest of the way tells, without a root, that it is a description.
      slot = slotOf(parts.policy, owner, key, child ?? (isLast ? value : { type: 'object' }), around)
      if (slot.kind === 'secret') return slot
    }
    owner = child
  }
  return slot
}

/** What path patterns say about the value at the end of a path, and what is left of them inside it. */
function followed(path: Path, paths: PathState): { pattern: string | null; state: PathState } {
  let state = paths
  for (const key of path) {
    state = advance(state, key)
    const pattern = pathEnds(state)
    if (pattern !== null) return { pattern, state }
  }
  return { pattern: null, state }
}

function childOf(owner: unknown, key: string | number): unknown {
  if (typeof owner !== 'object' || owner === null || !Object.hasOwn(owner, key)) return undefined
  return (owner as Record<string | number, unknown>)[key]
}

function safePath(path: Path, parts: WalkParts): Path {
  const isSafe = (part: string | number) => typeof part === 'number' || parts.keyFacts(part).safe === part
  return path.every(isSafe) ? path : path.map((part) => (typeof part === 'string' ? parts.keyFacts(part).safe : part))
}

function join(outer: string, inner: string): string {
  if (inner === '' || outer === '') return outer + inner
  return inner.startsWith('[') ? outer + inner : `${outer}.${inner}`
}
