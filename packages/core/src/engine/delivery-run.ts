import type { ClaimedTask, EndpointRow } from '../ports/store.ts'
import type { StopSignal } from '../stop-signal.ts'
import type { Delivered } from '../webhooks/deliver.ts'
import type { HealthEvent, HealthVerdict } from '../webhooks/health.ts'
import type { Incoming } from './accept.ts'
import { messageOf } from './judge.ts'
import type { Run, RunTaskParts } from './run.ts'

/** One attempt at a delivery, and what it says about its endpoint. */
export async function runDelivery(
  claimed: ClaimedTask,
  endpoint: EndpointRow | null,
  signal: StopSignal,
  parts: RunTaskParts,
): Promise<Run> {
  const sent = await parts.deliver({ task: claimed.task, endpoint, signal })
  const verdict = judge(endpoint, sent.arrived, signal, parts)
  const judged = 'events' in verdict ? verdict : await verdict
  const { outcome, error, details } = sent
  const nothing = sent.events.length + judged.events.length === 0
  const followUps = nothing ? [] : incoming([...sent.events, ...judged.events], claimed, parts)
  return { outcome, error, details, followUps, progress: null, recorded: judged.recorded }
}

function incoming(emitted: readonly Emitted[], { task, event }: ClaimedTask, { accept }: RunTaskParts): Incoming[] {
  const cause = { event, taskId: task.id }
  return emitted.map(({ type, data, ...rest }) => ({
    ...accept.check(type, data),
    project: task.project,
    source: 'pullwright',
    cause,
    ...rest,
  }))
}

type Emitted = Delivered['events'][number] & Partial<Pick<HealthEvent, 'idempotencyKey'>>

/** Health is bookkeeping: when it cannot be kept, the delivery is settled all the same. */
function judge(
  endpoint: EndpointRow | null,
  arrived: boolean | null,
  signal: StopSignal,
  { health, log }: RunTaskParts,
): HealthVerdict | Promise<HealthVerdict> {
  if (endpoint === null || arrived === null || signal.aborted) return { events: [] }
  const verdict = health.judge(endpoint, arrived)
  if ('events' in verdict) return verdict
  return verdict.catch((error: unknown) => {
    log.warn({ endpointId: endpoint.id, error: messageOf(error) }, 'The health of an endpoint could not be kept')
    return { events: [] }
  })
}
