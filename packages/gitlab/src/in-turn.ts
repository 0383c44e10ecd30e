/**
 * Runs work of one key after what came before it has ended, also where that failed. Whoever gives up while waiting for
 * the turn is let go at once, with the signal's reason; work that has begun minds the signal itself.
 */
export type Turns = <T>(key: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>

/** Runs work of one key one after another, in the order of arrival. */
export function keyedTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return (key, work, signal) => {
    let begun = false
    const begin = () => {
      signal?.throwIfAborted()
      begun = true
      return work()
    }
    const next = (last.get(key) ?? Promise.resolve()).then(begin, begin)
    const quiet = next.then(
      () => undefined,
      () => undefined,
    )
    last.set(key, quiet)
    void quiet.then(() => {
      if (last.get(key) === quiet) last.delete(key)
    })
    return signal === undefined ? next : orLeft(next, signal, () => !begun)
  }
}

function orLeft<T>(turn: Promise<T>, signal: AbortSignal, isWaiting: () => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      if (isWaiting()) reject(signal.reason)
    }
    const settle = () => signal.removeEventListener('abort', leave)
    signal.addEventListener('abort', leave)
    if (signal.aborted) leave()
    turn.then(resolve, reject).finally(settle)
  })
}
