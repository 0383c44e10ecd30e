export interface Watchers {
  watch(listener: () => void): () => void
  /** Calls every listener soon, once for all notices of the same moment. */
  notify(): void
  clear(): void
}

/** How often to look for commits of other processes, in milliseconds, while somebody watches. */
const LOOK_EVERY_MS = 100

// Taken while the module loads, so that timers faked later in a host's tests do not stop the store.
const every = setInterval
const soon = setImmediate

/**
 * Listeners never run inside the verb that woke them, and none of them can hurt it or another. `version` names the state
 * that others' commits have brought the database to; null where that can't be told at the moment.
 */
export function createWatchers(version: () => Promise<string | null>): Watchers {
  const listeners = new Set<{ call: () => void }>()
  let pending = false
  let timer: NodeJS.Timeout | undefined
  let seen: string | null = null

  function notify(): void {
    if (pending || listeners.size === 0) return
    pending = true
    soon(flush)
  }

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

  async function look(): Promise<void> {
    // A look that fails is made again; those who write will say what is wrong.
    const found = await version().catch(() => null)
    if (found === null) return
    if (seen !== null && found !== seen) notify()
    seen = found
  }

  function stopLooking(): void {
    clearInterval(timer)
    timer = undefined
    seen = null
  }

  return {
    notify,
    watch(listener) {
      // Wrapped, so that the same function given twice is two watchers.
      const entry = { call: listener }
      listeners.add(entry)
      if (timer === undefined) {
        void look()
        timer = every(() => void look(), LOOK_EVERY_MS).unref()
      }
      return () => {
        listeners.delete(entry)
        if (listeners.size === 0) stopLooking()
      }
    },
    clear() {
      listeners.clear()
      stopLooking()
    },
  }
}
