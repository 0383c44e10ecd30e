import { defineEvent } from '@pullwright/core'
import { z } from 'zod'

const reference = z.object({
  id: z.string().optional(),
  slug: z.string().optional(),
  version: z.string().optional(),
})

/** What one side of a change points to. */
const pointer = z.object({ application: reference, variant: reference, revision: reference })

const change = z.object({
  /** The application's slug. */
  app: z.string().min(1),
  kind: z.enum(['created', 'updated', 'deleted']),
  /** What ran before; null where nothing did. */
  old: pointer.nullable(),
  /** What runs now; null where the application was taken out. */
  new: pointer.nullable(),
})

const schema = z.object({
  event_id: z.string().min(1),
  agenta_project_id: z.string().nullable(),
  environment: z.string().min(1),
  environment_id: z.string().optional(),
  environment_version: z.string().optional(),
  commit_message: z.string().optional(),
  deployed_by: z.object({ user_id: z.string() }).optional(),
  changes: z.array(change).min(1),
})

export type Reference = z.output<typeof reference>
export type Pointer = z.output<typeof pointer>
export type Change = z.output<typeof change>
export type Committed = z.output<typeof schema>

export const committedSchema = schema

/**
 * What a delivery becomes before any work is done: references only, no configuration. The type carries the plugin's
 * name, so that two Agentas in one Pullwright do not answer for each other.
 */
export function committedEvent(name: string) {
  return defineEvent(`${name}.environment.committed`, schema, {
    description:
      'Agenta committed a new revision of an environment; each application changed becomes an `environment.deployed`.',
    example: {
      event_id: '01961234-5678-7abc-9def-123456789abc',
      agenta_project_id: '019c0000-0000-7000-8000-000000000001',
      environment: 'production',
      environment_version: '8',
      deployed_by: { user_id: '019315dc-0000-7000-8000-000000000001' },
      changes: [
        {
          app: 'support-bot',
          kind: 'created',
          old: null,
          new: {
            application: { slug: 'support-bot' },
            variant: { slug: 'default' },
            revision: { id: '019cd9b8-0000-7000-8000-000000000001', version: '1' },
          },
        },
      ],
    },
  })
}
