import type { ClaimedTask } from '../ports/store.ts'
import type { StopSignal } from '../stop-signal.ts'
import { cutShort, failed, type Run, type RunTaskParts } from './run.ts'

// How long a run may take, whatever it does about it.

const DEFAULT_TIMEOUT_MS = 60_000

/** A delivery heeds its signal and has time-outs of its own; what it rests on, such as a key service, may not. */
export function untilStopped(delivery: Promise<Run>, stopping: StopSignal): Promise<Run> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(cutShort(stopping))
    stopping.addEventListener('abort', stop, { once: true })
    if (stopping.aborted) stop()
    const end = () => stopping.removeEventListener('abort', stop)
    delivery.then(
      (run) => {
        end()
        resolve(run)
      },
      (error) => {
        end()
        reject(error)
      },
    )
  })
}

/** Ends a run that takes too long even if it ignores its signal. */
export async function withDeadline(
  claimed: ClaimedTask,
  stopping: StopSignal,
  parts: RunTaskParts,
  work: (signal: AbortSignal) => Promise<Run>,
): Promise<Run> {
  const { target } = claimed.task
  const limit =
    target.kind === 'handler' ? (parts.handlers.get(target.handler)?.handler.timeoutMs ?? DEFAULT_TIMEOUT_MS) : 0
  const abort = new AbortController()
  let cancelTimer = () => {}
  const cut = new Promise<Run>((resolve) => {
    const stop = () => {
      abort.abort(stopping.reason)
      resolve(cutShort(stopping))
    }
    if (stopping.aborted) return stop()
    stopping.addEventListener('abort', stop, { once: true })
    const timer =
      limit > 0 &&
      parts.clock.setTimer(() => {
        abort.abort(new Error(`The run took longer than ${limit} ms`))
        resolve(failed({ kind: 'retry', reason: `Took longer than ${limit} ms and was aborted` }))
      }, limit)
    cancelTimer = () => {
      if (timer) timer()
      stopping.removeEventListener('abort', stop)
    }
  })
  try {
    return await Promise.race([work(abort.signal), cut])
  } finally {
    cancelTimer()
  }
}
