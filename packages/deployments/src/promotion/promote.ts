import type { EventRecord, HandlerContext, JsonObject, JsonValue, Outcome } from '@pullwright/core'
import { nextEnvironments, type Pipeline } from './pipeline.ts'

/** What succeeded in one environment is proposed for the next, unless that runs it already. */
export async function promote(context: HandlerContext, pipelines: readonly Pipeline[]): Promise<Outcome> {
  const { event } = context
  const data = event.data as JsonObject
  const of = { project: event.project, app: String(data.app_name), environment: String(data.environment) }
  const next = nextEnvironments(pipelines, { ...of, type: event.type })
  if (next.length === 0) return context.done()
  const deployed = event.type === 'environment.deployed' ? event : await deploymentOf(context, of, data)
  if (deployed === null) return context.done({ outcome: 'unknown' })
  const facts = deployed.data as JsonObject
  // What was taken out, or is older than what runs, goes nowhere.
  if (facts.removed === true || facts.outdated === true) return context.done()
  const proposed: string[] = []
  for (const { environment } of next) {
    const [runs] = await context.history({ app: of.app, environment, limit: 1 })
    if (runs !== undefined && String(runs.revision) === String(facts.revision)) continue
    context.emit('deployment.proposed', proposalOf(deployed, environment, runs?.revision ?? null), {
      idempotencyKey: `promotion:${deployed.id}:${environment}`,
    })
    proposed.push(environment)
  }
  return context.done({ proposed })
}

/** The deployment that the host says succeeded: by its id, else by its revision. */
async function deploymentOf(
  context: HandlerContext,
  of: { app: string; environment: string },
  data: JsonObject,
): Promise<EventRecord | null> {
  const past = await context.history({ ...of, limit: 50 })
  const found =
    past.find(({ deploymentId }) => deploymentId !== null && deploymentId === data.deployment_id) ??
    past.find(({ revision }) => String(revision) === String(data.revision))
  return found === undefined ? null : context.find(found.id)
}

const CARRIED = [
  'app_id',
  'app_name',
  'variant_id',
  'variant_name',
  'revision',
  'commit_message',
  'deployed_by',
  'evaluation',
  'url',
]

function proposalOf(deployed: EventRecord, environment: string, previous: string | number | null): JsonObject {
  const data = deployed.data as JsonObject
  const carried = CARRIED.flatMap((name): [string, JsonValue][] =>
    data[name] === undefined ? [] : [[name, data[name]]],
  )
  return {
    ...Object.fromEntries(carried),
    environment,
    ...(previous === null ? {} : { previous_revision: previous }),
    // Redacted, as all that is kept: a merged proposal asks for the revision, never for this text.
    config: deployed.kept.config ?? null,
  }
}
