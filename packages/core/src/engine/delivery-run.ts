import type { ClaimedTask, EndpointRow } from '../ports/store.ts'
import type { StopSignal } from '../stop-signal.ts'
import type { HealthVerdict } from '../webhooks/health.ts'
import { messageOf } from './judge.ts'
import type { Acted, RunTaskParts } from './run.ts'

/** One attempt at a delivery, and what it says about its endpoint. */
export async function runDelivery(
  { task, event }: ClaimedTask,
  endpoint: EndpointRow | null,
  signal: StopSignal,
  parts: RunTaskParts,
): Promise<Acted> {
  const sent = await parts.deliver({ task, event, endpoint, attempt: task.attempts + 1, signal })
  const judged = await judge(endpoint, sent.arrived, signal, parts)
  const { outcome, error, details } = sent
  const emitted = sent.events.length + judged.events.length === 0 ? NOTHING : [...sent.events, ...judged.events]
  const cause = { event, taskId: task.id }
  const followUps = emitted.map(({ type, data, ...rest }) => ({
    ...parts.accept.check(type, data),
    project: task.project,
    source: 'pullwright',
    cause,
    ...rest,
  }))
  return { outcome, error, details, followUps, progress: null, recorded: judged.recorded }
}

const NOTHING: HealthVerdict['events'] = []

/** Health is bookkeeping: when it cannot be kept, the delivery is settled all the same. */
async function judge(
  endpoint: EndpointRow | null,
  arrived: boolean | null,
  signal: StopSignal,
  { health, log }: RunTaskParts,
): Promise<Partial<HealthVerdict> & Pick<HealthVerdict, 'events'>> {
  if (endpoint === null || arrived === null || signal.aborted) return { events: [] }
  try {
    return await health.judge(endpoint, arrived)
  } catch (error) {
    log.warn({ endpointId: endpoint.id, error: messageOf(error) }, 'The health of an endpoint could not be kept')
    return { events: [] }
  }
}
