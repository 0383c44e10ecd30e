import type { Clock } from '@pullwright/core'

/** Waits by this clock; rejects as soon as the signal says so. */
export function pauseOn(clock: Clock): (milliseconds: number, signal: AbortSignal | undefined) => Promise<void> {
  const setTimer = clock.setTimer?.bind(clock) ?? systemTimer
  return (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const leave = () => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = setTimer(() => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }, milliseconds)
      if (signal?.aborted) leave()
      else signal?.addEventListener('abort', leave, { once: true })
    })
}

function systemTimer(callback: () => void, milliseconds: number): () => void {
  const timer = setTimeout(callback, milliseconds)
  return () => clearTimeout(timer)
}
