import type { ClaimedTask } from '../ports/store.ts'
import { createStop, type Stop, type StopSignal } from '../stop-signal.ts'
import type { Heartbeat } from './heartbeat.ts'
import { LEASE_LOST } from './run.ts'

/** What this process is working on right now. */
export interface UnderWay {
  size(): number
  /** Their ends, for who waits for one or all of them. */
  ends(): ReadonlySet<Promise<void>>
  /** Works on a claimed task; its lease is prolonged meanwhile, and the work is told to stop when it is lost. */
  begin(claimed: ClaimedTask, work: (stopping: StopSignal) => Promise<void>, after: () => void): void
  /** Something that has no lease, such as a schedule's run. */
  add(run: Promise<void>, after?: () => void): void
  /** Tells all claimed tasks to stop. */
  stop(reason: Error): void
}

/** `ended` is called after each end. */
export function createUnderWay(heartbeat: Heartbeat, ended: () => void): UnderWay {
  const running = new Set<Promise<void>>()
  const stops = new Set<Stop>()

  return {
    size: () => running.size,
    ends: () => running,
    begin({ lease }, work, after) {
      const stop = createStop()
      stops.add(stop)
      heartbeat.add(lease, () => stop.abort(new Error(LEASE_LOST)))
      add(work(stop.signal), () => {
        stops.delete(stop)
        after()
        heartbeat.remove(lease)
      })
    },
    add,
    stop(reason) {
      for (const stop of stops) stop.abort(reason)
    },
  }

  function add(run: Promise<void>, after = () => {}): void {
    const end = () => {
      after()
      running.delete(tracked)
      ended()
    }
    const tracked = run.then(end, end)
    running.add(tracked)
  }
}
