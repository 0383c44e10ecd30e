import type { ClaimedTask, EndpointRow } from '../ports/store.ts'
import type { StopSignal } from '../stop-signal.ts'
import type { Admission } from './admission.ts'
import { type Crowd, DEFAULT_LIMIT, targetName } from './crowd.ts'
import type { Entry, Gates } from './gates.ts'
import { messageOf } from './judge.ts'
import type { Place } from './places.ts'
import type { RunTaskParts } from './run.ts'
import { runTask } from './run-task.ts'

export interface WorkParts {
  run: RunTaskParts
  gates: Gates
  crowd: Crowd
  admission: Admission
  stopping: StopSignal
  /** How long a delivery may wait here for its endpoint's rate, in milliseconds. */
  patience: () => number
}

/** The endpoint of a delivery; null for one that was removed, and for handlers. */
export type ReadEndpoint = (claimed: ClaimedTask) => Promise<EndpointRow | null>

/**
 * One claimed task from its claim to its end: it waits its turn at its target, is let out by its endpoint's health and
 * rate, and runs; or it is put back, uncounted. Never throws: what cannot be settled is taken over by lease.
 */
export async function workOn(
  claimed: ClaimedTask,
  place: Place,
  readEndpoint: ReadEndpoint,
  parts: WorkParts,
): Promise<void> {
  const { admission, crowd, gates, run } = parts
  const { target } = claimed.task
  try {
    const endpoint = await readEndpoint(claimed)
    const most = limitOf(endpoint)
    crowd.limit(target, most)
    await gates.pass(targetName(target), most, (entry) => go(entry, endpoint), place.wait)
  } catch (error) {
    run.log.error(
      { taskId: claimed.task.id, error: run.redactor.text(messageOf(error)) },
      'A task could not be begun; it is run when its lease ends',
    )
  }

  async function go(entry: Entry, known: EndpointRow | null): Promise<void> {
    if (entry === 'tired') return putBack(claimed, run)
    const endpoint = entry === 'at-once' ? known : await readEndpoint(claimed)
    const wait = { patience: parts.patience(), signal: parts.stopping, begins: place.wait }
    if (!(await admission.admit(endpoint, wait))) return putBack(claimed, run)
    place.begin()
    await runTask(claimed, endpoint, parts.stopping, run)
  }

  function limitOf(endpoint: EndpointRow | null): number {
    if (target.kind === 'endpoint') return admission.limitOf(endpoint)
    return run.handlers.get(target.handler)?.handler.concurrency ?? DEFAULT_LIMIT
  }
}

export function createEndpointReader({ store: { endpoints } }: Pick<RunTaskParts, 'store'>): ReadEndpoint {
  const rows = endpoints.recent ?? endpoints
  return async ({ task: { target, project } }) =>
    target.kind === 'handler' ? null : rows.get(target.endpointId, project)
}

/** As it was, so that its place in the order stays. */
export async function putBack({ lease, task }: ClaimedTask, { settle, clock }: RunTaskParts): Promise<void> {
  await settle({ lease, at: clock.now(), transition: { status: 'pending', dueAt: task.dueAt } })
}
