import type { Store } from '@pullwright/core'
import type { CrashPoint } from './worker-protocol.ts'

/** Dies when it is told to, at the place that the driver knows best. */
export interface Crash {
  /** The store, dying before, in or after one of its verbs. */
  around(store: Store): Store
  /** For drivers: true from the moment the fatal verb has begun. */
  readonly armed: boolean
  die(): never
}

export function createCrash(point: CrashPoint | undefined): Crash {
  let calls = 0
  let armed = false
  const crash: Crash = {
    get armed() {
      return armed
    },
    die() {
      process.kill(process.pid, 'SIGKILL')
      // The signal is on its way: nothing else may happen until it is here.
      for (;;);
    },
    around: (store) => ({
      ...store,
      migrate: () => at('migrate', () => store.migrate()),
      append: (...args) => at('append', () => store.append(...args)),
      ...all(store),
      settle: (settlements) => at('settle', () => store.settle(settlements)),
      claim: (request) => at('claim', () => store.claim(request)),
    }),
  }
  return crash

  function all(store: Store): Pick<Store, 'appendAll'> {
    const { appendAll } = store
    return appendAll === undefined
      ? {}
      : { appendAll: (recordings) => at('append', () => appendAll.call(store, recordings)) }
  }

  async function at<T>(verb: CrashPoint['verb'], work: () => Promise<T>): Promise<T> {
    if (point === undefined || point.verb !== verb) return work()
    const nth = point.nth ?? 1
    if (point.when !== 'after') {
      calls += 1
      if (calls === nth && point.when === 'before') crash.die()
      if (calls === nth) armed = true
      return work()
    }
    const result = await work()
    if (!Array.isArray(result) || result.length > 0) calls += 1
    if (calls === nth) crash.die()
    return result
  }
}
