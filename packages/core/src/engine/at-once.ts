import type { ClaimedTask, EndpointRow, NewTask } from '../ports/store.ts'
import type { Admission } from './admission.ts'
import type { Crowd } from './crowd.ts'
import type { Place, Places } from './places.ts'

/** A delivery that may go out as soon as it is recorded: due, without a key, its endpoint enabled. */
export interface Ready {
  task: NewTask
  endpoint: EndpointRow
}

/** Is told what the store claimed of it; nothing, where the record failed. To be called once. */
export type Began = (claimed: readonly ClaimedTask[]) => void

/**
 * Deliveries that run where they are recorded: written as claimed, they need not be looked for, nor read back. Only while
 * there is room, and nothing older may be waiting for it.
 */
export interface AtOnce {
  take(ready: readonly Ready[]): Began
  /**
   * A look at first tries begins. Call what it answers with what the look showed: whether more may wait than was taken,
   * and which endpoints were passed over.
   */
  look(): (more: boolean, passedOver: readonly string[]) => void
  /** What is being recorded, each until it has begun: whoever drains waits for it. */
  readonly coming: ReadonlySet<Promise<void>>
}

export interface AtOnceParts {
  places: Places
  crowd: Crowd
  admission: Admission
  leaseMs: number
  now: () => number
  /** Whether this process works at all. */
  isOpen: () => boolean
  begin: (claimed: ClaimedTask, room: Room) => void
  /** Gives back what was claimed for a process that has stopped meanwhile. */
  putBack: (claimed: ClaimedTask) => Promise<void>
  /** Prolongs the lease from now on; false where it is lost. */
  extend: (claimed: ClaimedTask) => Promise<boolean>
  /** A store did not claim what it was asked to: it is to be looked for. */
  nudge: () => void
}

/** What a run takes up, of its lane and of its target. */
export interface Room {
  place: Place
  leave: () => void
}

/** Where something waits to be claimed. */
interface Waits {
  places: boolean
  endpoints: Set<string>
}

// Taken while the module loads, so that timers faked later in a host's tests do not stop the worker.
const immediately = setImmediate

export function createAtOnce(parts: AtOnceParts): AtOnce {
  const { places, crowd, admission, leaseMs, now } = parts
  // What comes later must not overtake what waits: for a place, or for its endpoint. Of the last look, and since it began.
  let waiting: Waits = { places: true, endpoints: new Set() }
  let since: Waits = { places: false, endpoints: new Set() }
  const coming = new Set<Promise<void>>()

  return {
    coming,
    take(ready) {
      if (!parts.isOpen()) return nothing
      if (waiting.places) {
        for (const { endpoint } of ready) since.endpoints.add(endpoint.id)
        return nothing
      }
      const rooms = new Map<string, Room>()
      const held = admission.held()
      let free = places.free('first')
      for (const one of ready) {
        if (free <= 0) {
          waiting.places = since.places = true
          break
        }
        const room = enter(one, held)
        if (room === null) continue
        free--
        rooms.set(one.task.id, room)
      }
      return rooms.size === 0 ? nothing : soon(rooms)
    },
    look() {
      const meanwhile: Waits = { places: false, endpoints: new Set() }
      since = meanwhile
      return (more, passedOver) => {
        waiting = { places: more || meanwhile.places, endpoints: new Set([...passedOver, ...meanwhile.endpoints]) }
      }
    },
  }

  function enter({ task, endpoint }: Ready, held: readonly string[]): Room | null {
    const { target } = task
    const most = admission.limitOf(endpoint)
    const { id } = endpoint
    if (waiting.endpoints.has(id) || held.includes(id) || crowd.inside(target) >= most) {
      waiting.endpoints.add(id)
      since.endpoints.add(id)
      return null
    }
    const leave = crowd.enter(target)
    crowd.limit(target, most)
    const from = now()
    task.lease = { from, until: from + leaseMs }
    return { place: places.take('first', target.kind), leave }
  }

  function soon(rooms: Map<string, Room>): Began {
    const from = now()
    let over = () => {}
    const begun = new Promise<void>((resolve) => {
      over = resolve
    }).finally(() => coming.delete(begun))
    coming.add(begun)
    // Whoever waits for the record goes on first.
    return (claimed) => void immediately(() => began(rooms, claimed, from).then(over, over))
  }

  async function began(rooms: Map<string, Room>, claimed: readonly ClaimedTask[], from: number): Promise<void> {
    // Leases are prolonged from the beginning of a run on; a record that took long may have used them up.
    const late = now() - from > leaseMs / 3
    const given: ClaimedTask[] = []
    for (const one of claimed) {
      if (late && !(await parts.extend(one).catch(() => false))) continue
      const room = rooms.get(one.task.id)
      if (room === undefined || !parts.isOpen()) given.push(one)
      else {
        rooms.delete(one.task.id)
        parts.begin(one, room)
      }
    }
    for (const { place, leave } of rooms.values()) {
      place.leave()
      leave()
    }
    if (rooms.size > 0) parts.nudge()
    await Promise.all(given.map(parts.putBack))
  }
}

const nothing: Began = () => {}
