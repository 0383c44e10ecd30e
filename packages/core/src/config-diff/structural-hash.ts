import type { JsonObject, JsonValue } from '../json.ts'

/** Deeper structure does not count: equal values still have equal hashes, and the walk stays shallow. */
const DEPTH = 16
/** Characters of a string that count: its start, its end, and as many spread between. */
const SAMPLE = 32

/**
 * A 32-bit number that is equal for equal values, whatever the order of keys. Different values may share one: compare
 * before believing.
 */
export function structuralHash(value: JsonValue | undefined): number {
  return hashValue(value, DEPTH) | 0
}

function hashValue(value: JsonValue | undefined, depth: number): number {
  if (typeof value === 'string') return hashString(value)
  if (typeof value === 'number') return mix(hashNumber(value), 0x27d4eb2f)
  if (typeof value === 'boolean') return value ? 0x165667b1 : 0x4cf5ad43
  if (value === null || value === undefined) return 0x1b873593
  if (Array.isArray(value)) return hashArray(value, depth)
  return hashObject(value, depth)
}

function hashArray(value: readonly JsonValue[], depth: number): number {
  let hash = mix(value.length, 0x2545f491)
  if (depth > 0) for (const item of value) hash = mix(hash, hashValue(item, depth - 1))
  return hash
}

/** A sum, so that the order of keys does not matter. */
function hashObject(value: JsonObject, depth: number): number {
  const keys = Object.keys(value)
  let hash = mix(keys.length, 0x61c88647)
  for (const key of keys) {
    hash = (hash + mix(hashString(key), depth > 0 ? hashValue(value[key], depth - 1) : 1)) | 0
  }
  return hash
}

function hashNumber(value: number): number {
  return Math.imul(value | 0, 31) + (((value % 1) * 0x7fffffff) | 0) + ((value / 0x100000000) | 0)
}

function hashString(text: string): number {
  const { length } = text
  let hash = mix(length, 0x811c9dc5)
  if (length <= 3 * SAMPLE) {
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    return hash
  }
  const stride = Math.floor((length - 2 * SAMPLE) / SAMPLE)
  for (let i = 0; i < SAMPLE; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ text.charCodeAt(SAMPLE + i * stride), 0x01000193)
    hash = Math.imul(hash ^ text.charCodeAt(length - 1 - i), 0x01000193)
  }
  return hash
}

function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ (b >>> 15) ^ b, 0x85ebca6b)
  hash ^= hash >>> 13
  return Math.imul(hash, 0xc2b2ae35) + b
}
