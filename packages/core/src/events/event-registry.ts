import { z } from 'zod'
import { type Problem, PullwrightError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { builtInEvents } from './catalog.ts'
import type { AnyEventDefinition } from './define-event.ts'
import { formatProblems, problemsOf } from './problems.ts'
import { type JsonLimits, toJson } from './to-json.ts'

export interface EventCatalogEntry {
  type: string
  description: string
  example: JsonValue
  /** Draft 2020-12. */
  schema: JsonObject
}

/** The event types one Pullwright knows: the built-in ones, the host's, the plugins'. */
export interface EventRegistry {
  list(): EventCatalogEntry[]
  /**
   * Checks data against a type's schema and answers a plain JSON copy. Throws `unknown-event`, `invalid-event` or
   * `too-large`, with every problem named by path.
   */
  validate(event: string | AnyEventDefinition, data: unknown): JsonValue
}

export function createEventRegistry(own: readonly AnyEventDefinition[], limits: JsonLimits): EventRegistry {
  const definitions = collect(own)
  return {
    list: () => [...definitions.values()].map(describe),
    validate(event, data) {
      const definition = typeof event === 'string' ? definitions.get(event) : event
      if (definition === undefined) throw unknownEvent(String(event), definitions)
      const { type, schema } = definition
      const plain = toPlain(data, limits)
      const parsed = schema.safeParse(plain.value)
      const problems = [...plain.problems, ...(parsed.success ? [] : besides(plain.problems, parsed.error))]
      if (problems.length > 0) throw invalidEvent(type, problems)
      if (isSame(plain.value, parsed.data)) return plain.value
      // A schema's transforms may have made dates and the like: what is recorded is JSON again.
      const made = toPlain(parsed.data, limits)
      if (made.problems.length > 0) throw invalidEvent(type, made.problems)
      return made.value
    },
  }
}

function collect(own: readonly AnyEventDefinition[]): Map<string, AnyEventDefinition> {
  const definitions = new Map<string, AnyEventDefinition>(Object.entries(builtInEvents))
  for (const definition of own) {
    const known = definitions.get(definition.type)
    if (known !== undefined && known !== definition) {
      throw new PullwrightError(
        'invalid-argument',
        `Event type ${definition.type} is defined twice; choose another name`,
      )
    }
    definitions.set(definition.type, definition)
  }
  return definitions
}

function describe(definition: AnyEventDefinition): EventCatalogEntry {
  return {
    type: definition.type,
    description: definition.description,
    example: definition.example as JsonValue,
    schema: z.toJSONSchema(definition.schema, { io: 'input', unrepresentable: 'any' }) as JsonObject,
  }
}

interface Plain {
  value: JsonValue
  problems: Problem[]
}

/** Each large part has the whole limit to itself, and so has the rest. What JSON cannot hold stands as null. */
function toPlain(data: unknown, limits: JsonLimits): Plain {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return toJson(data, 'data', limits)
  if (isPlainObject(data) && !('config' in data || 'previous_config' in data)) return toJson(data, 'data', limits)
  const { config, previous_config, ...rest } = data as Record<string, unknown>
  const plain = toJson(rest, 'data', limits)
  const value = plain.value as JsonObject
  const problems = [...plain.problems]
  for (const [name, part] of Object.entries({ config, previous_config })) {
    if (part === undefined) continue
    const copy = toJson(part, `data.${name}`, limits)
    value[name] = copy.value
    problems.push(...copy.problems)
  }
  return { value, problems }
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value)
}

/** Whether a schema gave back what it was given, in the same order: nearly all do. Spares a copy. */
function isSame(given: unknown, parsed: unknown): boolean {
  if (given === parsed) return true
  if (typeof given !== 'object' || typeof parsed !== 'object' || given === null || parsed === null) return false
  if (Array.isArray(given)) {
    if (!Array.isArray(parsed) || given.length !== parsed.length) return false
    for (let index = 0; index < given.length; index++) if (!isSame(given[index], parsed[index])) return false
    return true
  }
  const prototype: unknown = Object.getPrototypeOf(parsed)
  if (prototype !== Object.prototype || 'toJSON' in parsed) return false
  const [keys, others] = [Object.keys(given), Object.keys(parsed)]
  if (keys.length !== others.length) return false
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    if (key !== others[index] || !isSame((given as JsonObject)[key], (parsed as JsonObject)[key])) return false
  }
  return true
}

/** What the schema finds where nothing was found before. */
function besides(known: readonly Problem[], error: z.ZodError): Problem[] {
  return problemsOf(error, 'data').filter(({ path }) => !known.some((problem) => problem.path === path))
}

function invalidEvent(type: string, problems: Problem[]): PullwrightError {
  const tooLarge = problems.every(({ message }) => /over the limit|nested deeper/.test(message))
  return new PullwrightError(
    tooLarge ? 'too-large' : 'invalid-event',
    `Event ${type} was refused and nothing is recorded: ${formatProblems(problems)}`,
    { problems },
  )
}

function unknownEvent(type: string, definitions: ReadonlyMap<string, AnyEventDefinition>): PullwrightError {
  const known = [...definitions.keys()].join(', ')
  return new PullwrightError(
    'unknown-event',
    `There is no event type ${JSON.stringify(type)}. Known: ${known}. Add your own with defineEvent and createPullwright({ events: [...] })`,
  )
}
