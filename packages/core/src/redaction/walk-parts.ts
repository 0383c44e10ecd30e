import type { Redaction } from '../events/event.ts'
import type { HideText } from './hide-text.ts'
import type { KeyPolicy } from './key-policy.ts'
import type { Mask } from './mask.ts'
import type { PathState } from './path-policy.ts'

export interface WalkParts {
  policy: KeyPolicy
  /** Path patterns, from the root on. */
  paths: PathState
  mask: Mask
  hide: HideText
  /** Keys repeat: what there is to know about one is found out once. */
  keyFacts: (key: string) => { pattern: string | null; safe: string; tells: boolean }
}

export type Found = (redaction: Redaction, secret: unknown) => void

export type Container = Record<string, unknown> | unknown[]

/** What stands where an object contains itself. */
export const CIRCULAR = '[Circular]'

/** Sets what has changed, in the copy that the first change makes. */
export function write(copy: Container | null, node: Container, key: string | number, value: unknown): Container {
  const target = copy ?? (Array.isArray(node) ? [...node] : { ...node })
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    ;(target as Record<string | number, unknown>)[key] = value
  }
  return target
}

/** Keys that held a secret, in the order they had; those hidden alike are numbered. */
export function renameKeys(node: Container, renamed: ReadonlyMap<string, string>): Record<string, unknown> {
  const taken = new Set<string>()
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => {
    let name = renamed.get(key) ?? key
    for (let count = 2; taken.has(name); count++) name = `${renamed.get(key) ?? key}#${count}`
    taken.add(name)
    return [name, value]
  })
  return Object.fromEntries(entries)
}
