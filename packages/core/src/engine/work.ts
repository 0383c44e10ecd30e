import type { ClaimedTask, EndpointRow, TaskTarget } from '../ports/store.ts'
import type { StopSignal } from '../stop-signal.ts'
import { targetName } from '../target-name.ts'
import type { Admission } from './admission.ts'
import { type Crowd, DEFAULT_LIMIT } from './crowd.ts'
import type { Gates } from './gates.ts'
import { messageOf } from './judge.ts'
import type { Place } from './places.ts'
import type { RunTaskParts } from './run.ts'
import { runTask } from './run-task.ts'

export interface WorkParts {
  run: RunTaskParts
  gates: Gates
  crowd: Crowd
  admission: Admission
  readEndpoint: ReadEndpoint
  /** How long a delivery may wait here for its endpoint's rate, in milliseconds. */
  patience: () => number
}

/** The endpoint of a delivery; null for one that was removed, and for handlers. */
export type ReadEndpoint = (claimed: ClaimedTask) => null | Promise<EndpointRow | null>

/**
 * One claimed task from its claim to its end: it waits its turn at its target, is let out by its endpoint's health and
 * rate, and runs; or it is put back, uncounted. Never throws: what cannot be settled is taken over by lease.
 */
export async function workOn(
  claimed: ClaimedTask,
  place: Place,
  stopping: StopSignal,
  parts: WorkParts,
): Promise<void> {
  const { crowd, gates, readEndpoint, run } = parts
  const { target } = claimed.task
  try {
    const known = await readEndpoint(claimed)
    const most = limitOf(known, target, parts)
    crowd.limit(target, most)
    const name = targetName(target)
    const entered = gates.enter(name, most, place.wait)
    const entry = entered === 'at-once' ? entered : await entered
    if (entry === 'tired') return await putBack(claimed, run)
    try {
      // While it waited its endpoint may have changed.
      const endpoint = entry === 'at-once' ? known : await readEndpoint(claimed)
      const wait = { patience: parts.patience(), signal: stopping, begins: place.wait }
      const admitted = parts.admission.admit(endpoint, wait)
      if (!(admitted === true || (await admitted))) return await putBack(claimed, run)
      place.begin()
      await runTask(claimed, endpoint, stopping, run)
    } finally {
      gates.leave(name)
    }
  } catch (error) {
    run.log.error(
      { taskId: claimed.task.id, error: run.redactor.text(messageOf(error)) },
      'A task could not be begun; it is run when its lease ends',
    )
  }
}

function limitOf(endpoint: EndpointRow | null, target: TaskTarget, { admission, run }: WorkParts): number {
  if (target.kind === 'endpoint') return admission.limitOf(endpoint)
  return run.handlers.get(target.handler)?.handler.concurrency ?? DEFAULT_LIMIT
}

export function createEndpointReader({ store: { endpoints } }: Pick<RunTaskParts, 'store'>): ReadEndpoint {
  const rows = endpoints.recent ?? endpoints
  return ({ task: { target, project } }) => (target.kind === 'handler' ? null : rows.get(target.endpointId, project))
}

/** As it was, so that its place in the order stays. */
export async function putBack({ lease, task }: ClaimedTask, { settle, clock }: RunTaskParts): Promise<void> {
  await settle({ lease, at: clock.now(), transition: { status: 'pending', dueAt: task.dueAt } })
}
