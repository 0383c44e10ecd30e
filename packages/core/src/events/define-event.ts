import type { z } from 'zod'

/** A type of event: its shape, what it means, and one example that fits. */
export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type
  readonly schema: Schema
  readonly description: string
  readonly example: z.input<Schema>
}

// biome-ignore lint/suspicious/noExplicitAny: the example's type is contravariant in the schema; no other type holds every definition
export type AnyEventDefinition = EventDefinition<string, any>
