/**
 * What an `AbortSignal` is to those who heed it, at a fraction of its cost: every delivery has one, and hardly any is
 * ever used.
 */
export interface StopSignal {
  readonly aborted: boolean
  /** Why; `undefined` until then. */
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface Stop {
  readonly signal: StopSignal
  /** Calls each listener once. A second call does nothing. */
  abort(reason: unknown): void
}

export function createStop(): Stop {
  const listeners: (() => void)[] = []
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener(_type: 'abort', listener: () => void) {
      listeners.push(listener)
    },
    removeEventListener(_type: 'abort', listener: () => void) {
      const at = listeners.indexOf(listener)
      if (at >= 0) listeners.splice(at, 1)
    },
  }
  return {
    signal,
    abort(reason) {
      if (signal.aborted) return
      signal.aborted = true
      signal.reason = reason
      for (const listener of listeners.splice(0)) listener()
    },
  }
}
