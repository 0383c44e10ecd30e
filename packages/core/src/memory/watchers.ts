export interface Watchers {
  watch(listener: () => void): () => void
  /** Calls every listener soon, once for all notices of the same moment. */
  notify(): void
}

/** Listeners never run inside the verb that woke them, and none of them can hurt it or another. */
export function createWatchers(): Watchers {
  const listeners = new Set<{ call: () => void }>()
  let pending = false

  function flush(): void {
    pending = false
    for (const listener of listeners) {
      try {
        listener.call()
      } catch {
        // A watcher's own failure is its own: the verb has succeeded already.
      }
    }
  }

  return {
    watch(listener) {
      // Wrapped, so that the same function given twice is two watchers.
      const entry = { call: listener }
      listeners.add(entry)
      return () => {
        listeners.delete(entry)
      }
    },
    notify() {
      if (pending || listeners.size === 0) return
      pending = true
      queueMicrotask(flush)
    },
  }
}
