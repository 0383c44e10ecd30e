import type { ClaimedTask } from './ports/store.ts'

/** For stores: a claimed task. Its event is read when it is asked for, and once: a delivery has its bytes already. */
export function claimedTask(
  { lease, task, steps, superseded }: Omit<ClaimedTask, 'event'>,
  readEvent: () => ClaimedTask['event'],
): ClaimedTask {
  let event: ClaimedTask['event'] | undefined
  return {
    lease,
    task,
    get event() {
      event ??= readEvent()
      return event
    },
    steps,
    superseded,
  }
}
