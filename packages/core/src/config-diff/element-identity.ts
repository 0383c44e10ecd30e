import type { JsonValue } from '../json.ts'

/**
 * Fields that name an element of an array, tried in this order. A field serves where every element compared has it, as
 * text or number, and no two on one side share a value.
 */
const KEY_FIELDS: readonly { path: readonly [string] | readonly [string, string]; source: string }[] = [
  { path: ['id'], source: 'tool calls and files of the OpenAI and Anthropic APIs; rows of most stores' },
  { path: ['key'], source: 'key-value lists: headers, metadata' },
  { path: ['function', 'name'], source: 'tools of the OpenAI chat completions API' },
  { path: ['name'], source: 'tools of the Anthropic and MCP APIs, OpenAI legacy functions, variables' },
  { path: ['slug'], source: 'references of the Agenta API' },
]

/** The field by which all elements of both sides can be told apart, or null. */
export function commonKeyField(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): ((v: JsonValue) => string) | null {
  for (const { path } of KEY_FIELDS) {
    const read = (element: JsonValue) => readKey(element, path)
    if (unique(before, read) && unique(after, read)) return (element) => read(element) ?? ''
  }
  return null
}

/** Whether the two say of themselves that they are different things: another role, another name. */
export function identitiesConflict(a: JsonValue, b: JsonValue): boolean {
  if (roleOf(a) !== roleOf(b)) return true
  for (const { path } of KEY_FIELDS) {
    const x = readKey(a, path)
    const y = readKey(b, path)
    if (x !== null && y !== null) return x !== y
  }
  return false
}

/** What kind of element it is, as text: messages by role, else the type. */
export function elementKind(value: JsonValue): string {
  const role = roleOf(value)
  if (role !== null) return `role ${role}`
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function unique(elements: readonly JsonValue[], read: (element: JsonValue) => string | null): boolean {
  const seen = new Set<string>()
  for (const element of elements) {
    const key = read(element)
    if (key === null || seen.has(key)) return false
    seen.add(key)
  }
  return true
}

function roleOf(value: JsonValue): string | null {
  const role = member(value, 'role')
  return typeof role === 'string' ? role : null
}

function readKey(element: JsonValue, path: readonly string[]): string | null {
  let value: JsonValue | undefined = element
  for (const part of path) value = member(value, part)
  if (typeof value === 'string') return value
  return typeof value === 'number' ? `#${value}` : null
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, key) ? value[key] : undefined
}
