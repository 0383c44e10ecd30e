import { formatPath } from '../config-diff/path.ts'
import type { Redaction } from '../events/event.ts'
import type { HideText } from './hide-text.ts'
import type { KeyPolicy } from './key-policy.ts'
import type { Mask } from './mask.ts'
import { holdsNothing, PLAIN, type Slot, slotOf } from './secret-slot.ts'
import { toContainer } from './to-container.ts'

export interface WalkParts {
  policy: KeyPolicy
  mask: Mask
  hide: HideText
  /** Keys repeat: what there is to know about one is found out once. */
  keyFacts: (key: string) => { pattern: string | null; safe: string }
}

/** What stands where an object contains itself. */
export const CIRCULAR = '[Circular]'

type Container = Record<string, unknown> | unknown[]

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
  /** What the parent knows it by. */
  at: string | number | undefined
}

/**
 * Hides every secret of a value: under telling keys, in texts and in keys. Copies on write: what is clean comes back as it
 * is, and nothing given is ever changed. Goes down with a stack of its own, so that depth is no matter.
 */
export function redactValue(root: unknown, parts: WalkParts, found?: (redaction: Redaction) => void): unknown {
  const stack: Frame[] = []
  const deep = new Set<object>() // those of the stack from NEAR on
  let result = enter(root, PLAIN, undefined)
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
      visit(frame, index, (frame.node as unknown[])[index], PLAIN)
      return
    }
    const key = frame.keys[index] as string
    const value = (frame.node as Record<string, unknown>)[key]
    const { pattern, safe } = parts.keyFacts(key)
    if (safe !== key) rename(frame, key, safe)
    const tells = pattern !== null || frame.slot !== PLAIN || key === 'value' || key === 'Value'
    const slot = tells ? slotOf(parts.policy, frame.node, key, value, { slot: frame.slot, key: frame.at }) : PLAIN
    visit(frame, key, value, slot)
  }

  function visit(frame: Frame, key: string | number, value: unknown, slot: Slot): void {
    if (slot.kind === 'secret') {
      put(frame, key, value, holdsNothing(value) ? value : hideWhole(value, slot.pattern, key))
    } else if (typeof value === 'string') {
      put(frame, key, value, hideIn(value, key))
    } else if (typeof value === 'object' && value !== null) {
      const entered = enter(value, slot, key)
      if (entered !== ENTERED) put(frame, key, value, entered)
    }
  }

  function enter(value: unknown, slot: Slot, at: string | number | undefined): unknown {
    if (typeof value === 'string') return hideIn(value, undefined)
    const node = typeof value === 'object' && value !== null ? toContainer(value) : null
    if (node === null) return value
    if (isAncestor(value as object)) return CIRCULAR
    if (stack.length >= NEAR) deep.add(value as object)
    const keys = Array.isArray(node) ? null : Object.keys(node)
    stack.push({ node, source: value as object, keys, index: 0, copy: null, renamed: null, slot, at })
    return ENTERED
  }

  function isAncestor(value: object): boolean {
    const near = Math.min(stack.length, NEAR)
    for (let at = 0; at < near; at++) if (stack[at]?.source === value) return true
    return deep.has(value)
  }

  function hideWhole(value: unknown, pattern: string, key: string | number): unknown {
    if (typeof value === 'string' && parts.mask.is(value)) return value
    report(`key:${pattern}`, key)
    return parts.mask.of(value)
  }

  function hideIn(text: string, key: string | number | undefined): string {
    return parts.hide(text, found && ((detector) => report(detector, key)))
  }

  function rename(frame: Frame, key: string, safe: string): void {
    if (found) parts.hide(key, (detector) => report(detector, key))
    frame.renamed ??= new Map()
    frame.renamed.set(key, safe)
  }

  function report(detector: string, key: string | number | undefined): void {
    if (!found) return
    const path: (string | number)[] = []
    for (const frame of stack) if (frame.at !== undefined) path.push(frame.at)
    if (key !== undefined) path.push(key)
    const safe = path.map((part) => (typeof part === 'string' ? parts.keyFacts(part).safe : part))
    found({ path: formatPath(safe), detector })
  }
}

/** So far down a list is quicker to look through than a set. */
const NEAR = 32
const ENTERED = Symbol('entered')

function put(frame: Frame, key: string | number, before: unknown, after: unknown): void {
  if (before === after) return
  frame.copy ??= Array.isArray(frame.node) ? [...frame.node] : { ...frame.node }
  if (key === '__proto__') {
    Object.defineProperty(frame.copy, key, { value: after, enumerable: true, configurable: true, writable: true })
  } else {
    ;(frame.copy as Record<string | number, unknown>)[key] = after
  }
}

function finish(frame: Frame): unknown {
  const { copy, node, renamed, source } = frame
  if (renamed === null) return copy ?? source
  const taken = new Set<string>()
  const entries = Object.entries(copy ?? node).map(([key, value]): [string, unknown] => {
    let name = renamed.get(key) ?? key
    for (let count = 2; taken.has(name); count++) name = `${renamed.get(key) ?? key}#${count}`
    taken.add(name)
    return [name, value]
  })
  return Object.fromEntries(entries)
}
