/**
 * Work that several callers want at once and that is done once: whoever asks while it runs gets its result. A caller
 * that gives up leaves the others theirs.
 */
export function sharedWork<T>(): (key: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T> {
  const running = new Map<string, Promise<T>>()
  return (key, work, signal) => {
    const known = running.get(key)
    if (known !== undefined) return unlessAborted(known, signal)
    const started = work().finally(() => running.delete(key))
    running.set(key, started)
    return unlessAborted(started, signal)
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
