import { wireTime } from '../wire-time.ts'

/**
 * Names on the wire are snake_case and times ISO 8601; inside they are camelCase and milliseconds. What users named
 * themselves (headers, attributes, data) keeps its names, both ways.
 */
const AS_IT_IS: ReadonlySet<string> = new Set([
  'attributes',
  'data',
  'details',
  'example',
  'headers',
  'kept',
  'result',
  'schema',
  'steps',
])

export type SnakeCase<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : Text

/** A copy for the wire. Members called `…At`, `…Since` and `at` are times. */
export function toWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      snakeCase(name),
      AS_IT_IS.has(name) ? member : memberOf(name, member),
    ]),
  )
}

/** A copy with our own names. */
export function fromWire<T extends object>(value: T): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [camelCase(name), AS_IT_IS.has(name) ? member : inner(member)]),
  )
}

/** The same members under the names they have on the wire. */
export function snakeShape<Shape extends object>(shape: Shape) {
  const entries = Object.entries(shape).map(([name, schema]) => [snakeCase(name), schema])
  return Object.fromEntries(entries) as { [Name in keyof Shape & string as SnakeCase<Name>]: Shape[Name] }
}

/** `rules.pullRequest` as the caller knows it: `rules.pull_request`. */
export function wirePath(path: string): string {
  const [, before = path, after = ''] = path.match(/^(.*?\b(?:attributes|headers)\b)(.*)$/) ?? []
  return snakeCase(before) + after
}

function memberOf(name: string, member: unknown): unknown {
  const isTime = typeof member === 'number' && /^at$|(At|Since)$/.test(name)
  return isTime ? wireTime(member) : toWire(member)
}

function inner(member: unknown): unknown {
  if (Array.isArray(member)) return member.map(inner)
  return typeof member === 'object' && member !== null ? fromWire(member) : member
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
