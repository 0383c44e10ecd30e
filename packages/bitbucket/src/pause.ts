import type { Clock } from '@pullwright/core'

/** Waits by the clock given; ends early, rejecting with its reason, when the signal is aborted. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    const cancel = start(clock, done, milliseconds)
    const leave = () => {
      cancel()
      reject(signal?.reason)
    }
    if (signal?.aborted) leave()
    else signal?.addEventListener('abort', leave, { once: true })
  })
}

function start(clock: Clock, callback: () => void, milliseconds: number): () => void {
  if (clock.setTimer !== undefined) return clock.setTimer(callback, milliseconds)
  const timer = setTimeout(callback, milliseconds)
  return () => clearTimeout(timer)
}
