import type { ClaimedTask, Lane } from '../ports/store.ts'
import type { StopSignal } from '../stop-signal.ts'
import { createAdmission } from './admission.ts'
import { type Began, createAtOnce, type Ready, type Room } from './at-once.ts'
import { createCrowd } from './crowd.ts'
import { createGates } from './gates.ts'
import { createHeartbeat } from './heartbeat.ts'
import { newId } from './ids.ts'
import { allEnd, createPlaces, oneEndsOrSlows, SLOW_MS } from './places.ts'
import { createQueueDepth } from './queue-depth.ts'
import { createRhythm, LOOK_AROUND_MS } from './rhythm.ts'
import type { RunTaskParts } from './run.ts'
import type { Schedules } from './schedules.ts'
import { createUnderWay } from './under-way.ts'
import { createEndpointReader, putBack, workOn } from './work.ts'

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
  /** Deliveries about to be recorded, of which this process runs some at once. */
  takeAtOnce(ready: readonly Ready[]): Began
  /** Takes nothing new, waits for what runs, and puts back what is not done in time. */
  stop(timeoutMs: number): Promise<void>
}

const LANES: readonly Lane[] = ['first', 'retry']

/**
 * A delivery may wait here so long for its endpoint's rate; longer waits are spent in the queue. While draining nothing
 * waits: what may not go yet is not due.
 */
const PATIENCE_MS = 2_000

export function createDispatch(parts: RunTaskParts, schedules: Schedules, settings: DispatchSettings): Dispatch {
  const { store, clock, log, health } = parts
  const worker = newId('wrk', clock.now())
  const handlerNames = [...parts.handlers.keys()]
  const places = createPlaces(settings.concurrency, clock.now)
  const gates = createGates(clock.now)
  const crowd = createCrowd()
  const admission = createAdmission(parts)
  const reportDepth = createQueueDepth(store, clock, parts.telemetry)
  const heartbeat = createHeartbeat(store, clock, settings.leaseMs, log)
  const stopping = new AbortController()
  const readEndpoint = createEndpointReader(parts)
  const work = { run: parts, gates, crowd, admission, readEndpoint, patience: () => (started ? PATIENCE_MS : 0) }
  const rhythm = createRhythm(clock, nudge)
  const underWay = createUnderWay(heartbeat, () => {
    if (started && (more || underWay.size() === 0)) rhythm.ended(underWay.size())
  })
  let started = false
  let pumping: Promise<number> | null = null
  let again = false
  /** A lane was full, or a target was passed over: what the end of a run frees may be taken at once. */
  let more = false
  /** Nothing ran here when the last look began, so nothing of ours kept it from what is due. */
  let alone = true
  /** The last look was at everything. */
  let thorough = true
  let cancelTimer = () => {}
  let unwatch = () => {}

  const atOnce = createAtOnce({
    ...{ places, crowd, admission, leaseMs: settings.leaseMs, now: clock.now, nudge },
    isOpen: () => started,
    begin,
    putBack: (claimed) => putBack(claimed, parts),
    extend: async ({ lease }) => (await store.extend([lease], clock.now() + settings.leaseMs))[0] === true,
  })

  return { start, drain, nudge, takeAtOnce: atOnce.take, stop }

  function start(): void {
    if (started || stopping.signal.aborted) return
    started = true
    unwatch = store.watch(nudge)
    nudge()
  }

  function nudge(): void {
    if (!started) return
    if (pumping) again = true
    else
      rhythm.soon(() => {
        if (started && !pumping) void pump()
      })
  }

  async function drain(): Promise<void> {
    for (;;) {
      // A look that began before may have missed what was recorded since.
      await pumping
      const taken = await pump()
      const ends = [...underWay.ends(), ...atOnce.coming]
      if (ends.length > 0) await oneEndsOrSlows(ends, clock)
      else if (taken === 0 && alone) return
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
          nudge()
        } else void sleep()
      })
    return pumping
  }

  async function look(): Promise<number> {
    alone = underWay.size() === 0
    if (stopping.signal.aborted) return 0
    rhythm.looked()
    more = false
    await heartbeat.catchUp()
    thorough = !started || underWay.size() === 0 || rhythm.mayLookAround()
    let taken = thorough ? await lookAround() : 0
    gates.tire(clock.now() - SLOW_MS)
    for (const lane of LANES) if (thorough || lane === 'first') taken += await fill(lane)
    return taken
  }

  /** What need not be asked with every look of a busy worker. */
  async function lookAround(): Promise<number> {
    await health.refresh()
    await reportDepth()
    const due = await schedules.takeDue(stopping.signal)
    for (const run of due) underWay.add(run)
    return due.length
  }

  async function fill(lane: Lane): Promise<number> {
    const looked = lane === 'first' ? atOnce.look() : () => {}
    const free = places.free(lane)
    if (free <= 0) {
      more = true
      looked(true, [])
      return 0
    }
    const exceptHandlers = crowd.full('handler')
    const exceptEndpoints = [...new Set([...crowd.full('endpoint'), ...admission.held()])]
    const claimed = await store.claim({
      ...{ worker, lane, limit: free, now: clock.now(), leaseMs: settings.leaseMs },
      ...{ handlers: handlerNames, endpoints: true, exceptHandlers, exceptEndpoints },
    })
    more ||= claimed.length >= free || exceptHandlers.length + exceptEndpoints.length > 0
    looked(claimed.length >= free, exceptEndpoints)
    for (const one of claimed) {
      const { target } = one.task
      begin(one, { place: places.take(lane, target.kind), leave: crowd.enter(target) })
    }
    return claimed.length
  }

  function begin(claimed: ClaimedTask, { place, leave }: Room): void {
    const run = (stopping: StopSignal) => workOn(claimed, place, stopping, work)
    underWay.begin(claimed, run, () => {
      place.leave()
      leave()
    })
  }

  /** Until the next task is due, a watcher tells, or the polling interval is over. */
  async function sleep(): Promise<void> {
    cancelTimer()
    const now = clock.now()
    const next = await nextLook(now)
    if (started) {
      cancelTimer()
      cancelTimer = clock.setTimer(nudge, Math.min(settings.pollMs, next > now ? next - now : settings.pollMs))
    }
  }

  /** When to look again untold. What is due already waits for a free place; the end of a run looks again. */
  async function nextLook(now: number): Promise<number> {
    if (!thorough) return now + LOOK_AROUND_MS
    const due = await store.query.nextDueAt({ handlers: handlerNames, endpoints: true }).catch(() => null)
    const schedule = await schedules.nextDueAt().catch(() => null)
    return Math.min(due ?? Number.POSITIVE_INFINITY, schedule ?? Number.POSITIVE_INFINITY)
  }

  async function stop(timeoutMs: number): Promise<void> {
    started = false
    unwatch()
    cancelTimer()
    rhythm.stop()
    if (pumping) await pumping.catch(() => 0)
    await allEnd([...underWay.ends(), ...atOnce.coming], timeoutMs, clock)
    stopping.abort()
    underWay.stop(new Error('Pullwright is stopping'))
    await Promise.all(underWay.ends())
    heartbeat.stop()
  }
}
