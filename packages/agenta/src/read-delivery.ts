import { type InboundRequest, type JsonValue, PullwrightError } from '@pullwright/core'
import { z } from 'zod'
import type { Change, Committed, Pointer, Reference } from './committed-event.ts'

/** The one event that is a deployment. All others are acknowledged and do nothing. */
const COMMITTED = 'environments.revisions.committed'

const text = z.string().min(1).nullish().catch(null)
const reference = z.looseObject({
  id: text,
  slug: text,
  version: z.union([z.string(), z.number()]).nullish().catch(null),
})
const pointer = z.looseObject({
  application: reference.nullish(),
  application_variant: reference.nullish(),
  application_revision: reference.nullish(),
})
const entries = z.record(z.string(), z.looseObject({ old: pointer.nullish(), new: pointer.nullish() })).nullish()

const attributes = z.looseObject({
  user_id: text,
  message: text,
  references: z.looseObject({
    environment: reference.nullish(),
    environment_variant: reference.nullish(),
    environment_revision: reference.nullish(),
  }),
  diff: z.looseObject({ created: entries, updated: entries, deleted: entries }),
})

const envelope = z.looseObject({
  event: z.looseObject({
    event_id: z.string().min(1),
    event_type: z.string().min(1),
    timestamp: text,
    attributes: z.unknown(),
  }),
  scope: z.looseObject({ project_id: text }).nullish(),
})

export interface ReadDelivery {
  committed: Committed
  /** Milliseconds since the epoch, as Agenta says. */
  occurredAt: number | undefined
}

/**
 * What a verified delivery says, or null where it is no deployment. Takes the whole envelope, and the bare attributes
 * that a subscription with `payload_fields: "$.event.attributes"` sends (type and id are then in the headers).
 * Throws `invalid-event` with advice for any other shape.
 */
export function readDelivery(request: InboundRequest & { json: JsonValue }): ReadDelivery | null {
  const whole = envelope.safeParse(request.json)
  const type = whole.success ? whole.data.event.event_type : request.headers['x-agenta-event-type']
  if (type !== undefined && type !== COMMITTED) return null
  const eventId = whole.success ? whole.data.event.event_id : request.headers['x-agenta-event-id']
  const parsed = attributes.safeParse(whole.success ? whole.data.event.attributes : request.json)
  if (!parsed.success || eventId === undefined) throw notUnderstood(parsed.error)

  const { user_id, message, references, diff } = parsed.data
  const changes = [
    ...changesOf('created', diff.created),
    ...changesOf('updated', diff.updated),
    ...changesOf('deleted', diff.deleted),
  ]
  if (changes.length === 0) return null
  const { environment, environment_variant, environment_revision } = references
  const slug = environment?.slug ?? environment_variant?.slug ?? environment?.id
  if (!slug) throw notUnderstood()
  return {
    occurredAt: whole.success ? timeOf(whole.data.event.timestamp) : undefined,
    committed: {
      event_id: eventId,
      agenta_project_id: (whole.success && whole.data.scope?.project_id) || null,
      environment: slug,
      ...(environment?.id ? { environment_id: environment.id } : {}),
      ...(environment_revision?.version != null ? { environment_version: String(environment_revision.version) } : {}),
      ...(message ? { commit_message: message } : {}),
      ...(user_id ? { deployed_by: { user_id } } : {}),
      changes,
    },
  }
}

/** Entries without an application (an environment may point to other things) are no deployments. */
function changesOf(kind: Change['kind'], diff: z.output<typeof entries>): Change[] {
  return Object.entries(diff ?? {}).flatMap(([key, entry]) => {
    const before = kind === 'created' ? null : pointerOf(entry.old)
    const after = kind === 'deleted' ? null : pointerOf(entry.new)
    if ((kind !== 'created' && before === null) || (kind !== 'deleted' && after === null)) return []
    const app = (after ?? before)?.application.slug ?? key.replace(/\.revision$/, '')
    return [{ app, kind, old: before, new: after }]
  })
}

function pointerOf(side: z.output<typeof pointer> | null | undefined): Pointer | null {
  if (!side?.application_revision && !side?.application_variant) return null
  return {
    application: referenceOf(side.application),
    variant: referenceOf(side.application_variant),
    revision: referenceOf(side.application_revision),
  }
}

function referenceOf(value: z.output<typeof reference> | null | undefined): Reference {
  return {
    ...(value?.id ? { id: value.id } : {}),
    ...(value?.slug ? { slug: value.slug } : {}),
    ...(value?.version != null && value.version !== '' ? { version: String(value.version) } : {}),
  }
}

function timeOf(timestamp: string | null | undefined): number | undefined {
  const time = Date.parse(timestamp ?? '')
  return Number.isNaN(time) ? undefined : time
}

function notUnderstood(error?: z.ZodError): PullwrightError {
  const where = error?.issues[0]?.path.join('.')
  return new PullwrightError(
    'invalid-event',
    `This delivery does not say which revisions changed${where ? ` (\`${where}\`)` : ''}. Remove \`payload_fields\` from ` +
      'the subscription in Agenta, so that it sends the whole event; Agenta sends `attributes.diff` since v0.94.',
  )
}
