/** Those in this process who want to know. */
export interface Watchers {
  add(listener: () => void): () => void
  /** Calls every listener soon, once for all notices of the same moment. */
  tell(): void
  clear(): void
}

/** Listeners never run inside the verb that woke them, and none of them can hurt it or another. */
export function createWatchers(onCount: (count: number) => void): Watchers {
  const listeners = new Set<{ call: () => void }>()
  let pending = false

  function flush(): void {
    pending = false
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener.call()
      } catch {
        // A watcher's own failure is its own: the verb has succeeded already.
      }
    }
  }

  return {
    add(call) {
      // Wrapped, so that the same function given twice is two watchers.
      const entry = { call }
      listeners.add(entry)
      onCount(listeners.size)
      return () => {
        if (listeners.delete(entry)) onCount(listeners.size)
      }
    },
    tell() {
      if (pending || listeners.size === 0) return
      pending = true
      queueMicrotask(flush)
    },
    clear() {
      listeners.clear()
      onCount(0)
    },
  }
}
