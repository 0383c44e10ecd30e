import type { z } from 'zod'
import { PullwrightError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import { formatProblems, problemsOf } from './problems.ts'

/** A type of event: its shape, what it means, and one example that fits. */
export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type
  readonly schema: Schema
  readonly description: string
  readonly example: z.input<Schema>
}

// biome-ignore lint/suspicious/noExplicitAny: the example's type is contravariant in the schema; no other type holds every definition
export type AnyEventDefinition = EventDefinition<string, any>

/** Lower case words with dots between: `invoice.paid`, `push`. */
const EVENT_TYPE = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$/

/**
 * A host's own event. Hand the result to `createPullwright({ events: [...] })` or straight to `emitter.emit`.
 * Throws `invalid-argument` when the type is no dotted lower case name, the description is empty, or the example
 * does not fit the schema.
 */
export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  type: Type,
  schema: Schema,
  about: { description: string; example: z.input<Schema> },
): EventDefinition<Type, Schema> {
  if (!EVENT_TYPE.test(type)) {
    throw new PullwrightError(
      'invalid-argument',
      `Event type ${JSON.stringify(type)} must be dotted lower case words, such as "invoice.paid"`,
    )
  }
  if (typeof about?.description !== 'string' || about.description.trim() === '') {
    throw new PullwrightError('invalid-argument', `Event ${type} needs a description: one sentence on when it happens`)
  }
  const parsed = schema.safeParse(about.example)
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, 'example')
    throw new PullwrightError(
      'invalid-argument',
      `The example of event ${type} does not fit its own schema: ${formatProblems(problems)}`,
      { problems },
    )
  }
  return builtInEvent(type, () => schema, about)
}

/**
 * One of our own. Its schema is made when it is first asked for, as making all of them would cost every program that loads
 * this. Tests check the examples, for the same reason.
 */
export function builtInEvent<const Type extends string, Schema extends z.ZodType>(
  type: Type,
  schema: () => Schema,
  { description, example }: { description: string; example: z.input<Schema> },
): EventDefinition<Type, Schema> {
  const made = lazy(schema)
  return Object.freeze({
    type,
    get schema() {
      return made()
    },
    description,
    example,
  })
}
