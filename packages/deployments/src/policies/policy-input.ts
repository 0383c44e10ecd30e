import {
  type ConfigDiffPayload,
  diffEvaluation,
  type EventRecord,
  type JsonObject,
  type JsonValue,
  type PolicyActor,
  type PolicyDeployment,
  type PolicyInput,
} from '@pullwright/core'

/** What policies are told of a recorded deployment; what must be looked up comes with it. */
export function policyInput(
  event: EventRecord,
  facts: Pick<PolicyInput, 'history' | 'repository' | 'reviews' | 'now'>,
): PolicyInput {
  const data = event.data as JsonObject
  return {
    deployment: policyDeployment(event, data),
    diff: (data.config_diff ?? null) as ConfigDiffPayload | null,
    evaluation: diffEvaluation(data.evaluation),
    redactions: event.redactions,
    ...facts,
  }
}

function policyDeployment(event: EventRecord, data: JsonObject): PolicyDeployment {
  return {
    id: event.id,
    project: event.project,
    app: String(data.app_name),
    environment: String(data.environment),
    variant: String(data.variant_name),
    revision: revisionOf(data.revision) ?? '',
    previousRevision: revisionOf(data.previous_revision),
    commitMessage: textOf(data.commit_message) ?? '',
    deployedBy: actorOf(data.deployed_by),
    config: event.kept.config ?? null,
    evaluation: data.evaluation ?? null,
    url: textOf(data.url),
    deployedAt: event.occurredAt,
  }
}

function revisionOf(value: JsonValue | undefined): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

/** A name with an `@` is an address. */
function actorOf(value: JsonValue | undefined): PolicyActor {
  if (typeof value === 'string') {
    return { id: null, email: value.includes('@') ? value : null, name: value }
  }
  const person = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return { id: textOf(person.user_id), email: textOf(person.email), name: textOf(person.name) }
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
