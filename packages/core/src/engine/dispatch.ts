import type { Lane } from '../ports/store.ts'
import { createCrowd, targetName } from './crowd.ts'
import { createGates } from './gates.ts'
import { createHeartbeat } from './heartbeat.ts'
import { newId } from './ids.ts'
import type { RunTaskParts } from './run.ts'
import { runTask } from './run-task.ts'
import type { Schedules } from './schedules.ts'

export interface DispatchSettings {
  /** Runs at once in this process: first tries, and retries beside them in a lane of their own. */
  concurrency: Record<Lane, number>
  /** A worker that dies is noticed after so long. Prolonged while it lives. */
  leaseMs: number
  /** How often to look without being told: a store may have got work from a process that could not tell. */
  pollMs: number
}

export interface Dispatch {
  start(): void
  /** Runs until nothing is due. */
  drain(): Promise<void>
  nudge(): void
  /** Takes nothing new, waits for what runs, and puts back what is not done in time. */
  stop(timeoutMs: number): Promise<void>
}

const LANES: readonly Lane[] = ['first', 'retry']

export function createDispatch(parts: RunTaskParts, schedules: Schedules, settings: DispatchSettings): Dispatch {
  const { store, clock, log } = parts
  const worker = newId('wrk', clock.now())
  const running: Record<Lane, Set<Promise<void>>> = { first: new Set(), retry: new Set() }
  const recurring = new Set<Promise<void>>()
  const gates = createGates()
  const handlerNames = [...parts.handlers.keys()]
  const crowd = createCrowd((name) => parts.handlers.get(name)?.handler.concurrency)
  const heartbeat = createHeartbeat(store, clock, settings.leaseMs, log)
  const stopping = new AbortController()
  let started = false
  let pumping: Promise<number> | null = null
  let again = false
  let cancelTimer = () => {}
  let unwatch = () => {}

  return { start, drain, nudge, stop }

  function start(): void {
    if (started || stopping.signal.aborted) return
    started = true
    unwatch = store.watch(nudge)
    nudge()
  }

  function nudge(): void {
    if (!started) return
    if (pumping) again = true
    else void pump()
  }

  async function drain(): Promise<void> {
    for (;;) {
      // A look that began before may have missed what was recorded since.
      await pumping
      const taken = await pump()
      if (busy().length > 0) await Promise.race(busy())
      else if (taken === 0) return
    }
  }

  /** One look at the store; callers at the same time share it. Answers how much was taken. */
  function pump(): Promise<number> {
    pumping ??= look()
      .catch((error) => {
        if (!started) throw error
        log.error({ error: String(error) }, 'The store could not be read; trying again')
        return 0
      })
      .finally(() => {
        pumping = null
        if (!started) return
        if (again) {
          again = false
          void pump()
        } else void sleep()
      })
    return pumping
  }

  async function look(): Promise<number> {
    if (stopping.signal.aborted) return 0
    const due = await schedules.takeDue(stopping.signal)
    for (const run of due) track(recurring, run)
    let taken = due.length
    for (const lane of LANES) taken += await fill(lane)
    return taken
  }

  async function fill(lane: Lane): Promise<number> {
    const free = settings.concurrency[lane] - running[lane].size
    if (free <= 0) return 0
    const { full, limitOf } = crowd
    const claimed = await store.claim({
      worker,
      now: clock.now(),
      leaseMs: settings.leaseMs,
      limit: free,
      lane,
      handlers: handlerNames,
      endpoints: true,
      exceptHandlers: full('handler'),
      exceptEndpoints: full('endpoint'),
    })
    for (const one of claimed) {
      heartbeat.add(one.lease)
      const { target } = one.task
      const leave = crowd.enter(target)
      const run = gates(targetName(target), limitOf(target), () => runTask(one, stopping.signal, parts)).finally(() => {
        leave()
        heartbeat.remove(one.lease)
      })
      track(running[lane], run)
    }
    return claimed.length
  }

  function track(set: Set<Promise<void>>, run: Promise<void>): void {
    const tracked = run.finally(() => {
      set.delete(tracked)
      nudge()
    })
    set.add(tracked)
  }

  function busy(): Promise<void>[] {
    return [...running.first, ...running.retry, ...recurring]
  }

  /** Until the next task is due, a watcher tells, or the polling interval is over. */
  async function sleep(): Promise<void> {
    cancelTimer()
    const now = clock.now()
    const due = await store.query.nextDueAt({ handlers: handlerNames, endpoints: true }).catch(() => null)
    const schedule = await schedules.nextDueAt().catch(() => null)
    const next = Math.min(due ?? Number.POSITIVE_INFINITY, schedule ?? Number.POSITIVE_INFINITY)
    // What is due already waits for a free place; the end of a run looks again.
    const wait = next > now ? Math.min(settings.pollMs, next - now) : settings.pollMs
    if (started) {
      cancelTimer()
      cancelTimer = clock.setTimer(nudge, wait)
    }
  }

  async function stop(timeoutMs: number): Promise<void> {
    started = false
    unwatch()
    cancelTimer()
    if (pumping) await pumping.catch(() => 0)
    let cancel = () => {}
    const timeout = new Promise<void>((resolve) => {
      cancel = clock.setTimer(resolve, timeoutMs)
    })
    await Promise.race([Promise.all(busy()), timeout])
    cancel()
    stopping.abort()
    await Promise.all(busy())
    heartbeat.stop()
  }
}
