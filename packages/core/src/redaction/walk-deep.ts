import { formatPath } from '../config-diff/path.ts'
import { advance, type PathState, pathEnds } from './path-policy.ts'
import { holdsNothing, PLAIN, type Slot, slotOf } from './secret-slot.ts'
import { toContainer } from './to-container.ts'
import { CIRCULAR, type Container, type Found, renameKeys, type WalkParts, write } from './walk-parts.ts'

/** Where the place stands from which on we walk. */
export interface Above {
  ancestors: readonly unknown[]
  path: readonly (string | number)[]
  slot: Slot
  state: PathState
}

/** One object or array on the way down. */
interface Frame {
  /** What we walk: the source, or its plain form where the source is an error, a map or a set. */
  node: Container
  source: object
  keys: string[] | null
  index: number
  /** Made at the first change. */
  copy: Container | null
  renamed: Map<string, string> | null
  slot: Slot
  state: PathState
  /** What the parent knows it by. */
  at: string | number | undefined
}

/** The same as `redactValue`, from a place further down on, with a stack of its own: slower, but depth is no matter. */
export function redactDeep(root: object, above: Above, parts: WalkParts, found?: Found): unknown {
  const stack: Frame[] = []
  const deep = new Set<object>() // those of the stack from NEAR on
  const rootKey = above.path.at(-1)
  let result = enter(root, above.slot, above.state, undefined)
  while (stack.length > 0) {
    const frame = stack[stack.length - 1] as Frame
    const length = frame.keys === null ? frame.node.length : frame.keys.length
    if (frame.index >= (length as number)) {
      stack.pop()
      if (stack.length >= NEAR) deep.delete(frame.source)
      result = finish(frame)
      const parent = stack[stack.length - 1]
      if (parent !== undefined) put(parent, frame.at as string | number, frame.source, result)
      continue
    }
    step(frame)
  }
  return result

  function step(frame: Frame): void {
    const index = frame.index++
    if (frame.keys === null) {
      const item = (frame.node as unknown[])[index]
      visit(frame, index, item, PLAIN, advance(frame.state, index))
      return
    }
    const key = frame.keys[index] as string
    const value = (frame.node as Record<string, unknown>)[key]
    const { tells, safe } = parts.keyFacts(key)
    if (safe !== key) rename(frame, key, safe)
    const around = { slot: frame.slot, key: frame.at ?? rootKey }
    const slot = tells || frame.slot !== PLAIN ? slotOf(parts.policy, frame.node, key, value, around) : PLAIN
    visit(frame, key, value, slot, advance(frame.state, key))
  }

  function visit(frame: Frame, key: string | number, value: unknown, slot: Slot, state: PathState): void {
    const pattern = pathEnds(state)
    if (slot.kind === 'secret' || pattern !== null) {
      const detector = slot.kind === 'secret' ? `key:${slot.pattern}` : `path:${pattern}`
      put(frame, key, value, holdsNothing(value) ? value : hideWhole(value, detector, key))
    } else if (typeof value === 'string') {
      put(frame, key, value, hideIn(value, key))
    } else if (typeof value === 'object' && value !== null) {
      const entered = enter(value, slot, state, key)
      if (entered !== ENTERED) put(frame, key, value, entered)
    }
  }

  function enter(value: object, slot: Slot, state: PathState, at: string | number | undefined): unknown {
    const node = toContainer(value)
    if (node === null) return value
    if (isAncestor(value)) return CIRCULAR
    if (stack.length >= NEAR) deep.add(value)
    const keys = Array.isArray(node) ? null : Object.keys(node)
    stack.push({ node, source: value, keys, index: 0, copy: null, renamed: null, slot, state, at })
    return ENTERED
  }

  function isAncestor(value: object): boolean {
    const near = Math.min(stack.length, NEAR)
    for (let at = 0; at < near; at++) if (stack[at]?.source === value) return true
    return deep.has(value) || above.ancestors.includes(value)
  }

  function hideWhole(value: unknown, detector: string, key: string | number): unknown {
    if (typeof value === 'string' && parts.mask.is(value)) return value
    report(detector, value, key)
    return parts.mask.of(value)
  }

  function hideIn(text: string, key: string | number | undefined): string {
    return parts.hide(text, found && ((detector, secret) => report(detector, secret, key)))
  }

  function rename(frame: Frame, key: string, safe: string): void {
    if (found) parts.hide(key, (detector, secret) => report(detector, secret, key))
    frame.renamed ??= new Map()
    frame.renamed.set(key, safe)
  }

  function report(detector: string, secret: unknown, key: string | number | undefined): void {
    if (!found) return
    const path = [...above.path]
    for (const frame of stack) if (frame.at !== undefined) path.push(frame.at)
    if (key !== undefined) path.push(key)
    const safe = path.map((part) => (typeof part === 'string' ? parts.keyFacts(part).safe : part))
    found({ path: formatPath(safe), detector }, secret)
  }
}

/** So far down a list is quicker to look through than a set. */
const NEAR = 32
const ENTERED = Symbol('entered')

function put(frame: Frame, key: string | number, before: unknown, after: unknown): void {
  if (before !== after) frame.copy = write(frame.copy, frame.node, key, after)
}

function finish({ copy, node, renamed, source }: Frame): unknown {
  return renamed === null ? (copy ?? source) : renameKeys(copy ?? node, renamed)
}
