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

/** Parts with a size limit of their own. */
const LARGE_PARTS = ['config', 'previous_config'] as const

export function createEventRegistry(own: readonly AnyEventDefinition[], limits: JsonLimits): EventRegistry {
  const definitions = collect(own)
  return {
    list: () => [...definitions.values()].map(describe),
    validate(event, data) {
      const definition = typeof event === 'string' ? definitions.get(event) : event
      if (definition === undefined) throw unknownEvent(String(event), definitions)
      const plain = toPlain(definition.type, data, limits)
      const parsed = definition.schema.safeParse(plain)
      if (!parsed.success) {
        const problems = problemsOf(parsed.error, 'data')
        throw invalidEvent('invalid-event', definition.type, problems)
      }
      // A schema's transforms may have made dates and the like: what is recorded is JSON again.
      return toPlain(definition.type, parsed.data, limits)
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

/** Each large part has the whole limit to itself, and so has the rest. */
function toPlain(type: string, data: unknown, limits: JsonLimits): JsonValue {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const { value, problems } = toJson(data, 'data', limits)
    if (problems.length > 0) throw invalidEvent(tooLarge(problems), type, problems)
    return value
  }
  const rest: Record<string, unknown> = { ...data }
  const parts: JsonObject = {}
  const problems: Problem[] = []
  for (const name of LARGE_PARTS) {
    if (rest[name] === undefined) continue
    const part = toJson(rest[name], `data.${name}`, limits)
    parts[name] = part.value
    problems.push(...part.problems)
    delete rest[name]
  }
  const plain = toJson(rest, 'data', limits)
  problems.push(...plain.problems)
  if (problems.length > 0) throw invalidEvent(tooLarge(problems), type, problems)
  return { ...(plain.value as JsonObject), ...parts }
}

function tooLarge(problems: readonly Problem[]): 'too-large' | 'invalid-event' {
  return problems.every(({ message }) => /over the limit|nested deeper/.test(message)) ? 'too-large' : 'invalid-event'
}

function invalidEvent(code: 'invalid-event' | 'too-large', type: string, problems: Problem[]): PullwrightError {
  return new PullwrightError(code, `Event ${type} was refused and nothing is recorded: ${formatProblems(problems)}`, {
    problems,
  })
}

function unknownEvent(type: string, definitions: ReadonlyMap<string, AnyEventDefinition>): PullwrightError {
  const known = [...definitions.keys()].join(', ')
  return new PullwrightError(
    'unknown-event',
    `There is no event type ${JSON.stringify(type)}. Known: ${known}. Add your own with defineEvent and createPullwright({ events: [...] })`,
  )
}
