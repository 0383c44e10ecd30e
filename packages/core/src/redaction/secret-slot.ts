import type { KeyPolicy } from './key-policy.ts'
import { isReference } from './plausible.ts'
import { looksLikeSchema, SCHEMA_MAPS, SCHEMA_VALUES } from './schema.ts'

/** What the keys say about a value: nothing, that it is a secret (by which pattern), or that it describes one. */
export type Slot = { kind: 'plain' } | { kind: 'secret'; pattern: string } | { kind: 'schema'; pattern: string }

export const PLAIN: Slot = { kind: 'plain' }

/**
 * The slot of `value` under `key`, given the slot of the object around it and the key that object stands under.
 * `{ name: 'API_KEY', value: '…' }` counts as a key and its value.
 */
export function slotOf(
  policy: KeyPolicy,
  owner: unknown,
  key: string,
  value: unknown,
  around: { slot: Slot; key: string | number | undefined },
): Slot {
  const { slot, key: aroundKey } = around
  if (slot.kind === 'schema' && SCHEMA_VALUES.has(key)) return { kind: 'secret', pattern: slot.pattern }
  const pattern = policy(key) ?? (key === 'value' || key === 'Value' ? namedSecret(policy, owner) : null)
  if (pattern === null) return PLAIN
  const describes = typeof aroundKey === 'string' && SCHEMA_MAPS.has(aroundKey) && looksLikeSchema(value)
  return { kind: describes ? 'schema' : 'secret', pattern }
}

/** Empty values, booleans and references to where a secret is kept give nothing away, and a reviewer wants to see them. */
export function holdsNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return true
  if (typeof value === 'string') return isReference(value)
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0 && isPlain(value)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function namedSecret(policy: KeyPolicy, owner: unknown): string | null {
  if (typeof owner !== 'object' || owner === null) return null
  const { name, key, Name, Key, variable, header } = owner as Record<string, unknown>
  for (const named of [name, key, Name, Key, variable, header]) {
    const pattern = typeof named === 'string' && named.length <= 128 ? policy(named) : null
    if (pattern !== null) return pattern
  }
  return null
}
