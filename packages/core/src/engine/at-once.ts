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
  /** What a look at first tries showed: whether more may wait than was taken, and which endpoints were passed over. */
  looked(more: boolean, passedOver: readonly string[]): void
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
  putBack: (claimed: ClaimedTask) => void
  /** A store did not claim what it was asked to: it is to be looked for. */
  nudge: () => void
}

/** What a run takes up, of its lane and of its target. */
export interface Room {
  place: Place
  leave: () => void
}

// Taken while the module loads, so that timers faked later in a host's tests do not stop the worker.
const immediately = setImmediate

export function createAtOnce(parts: AtOnceParts): AtOnce {
  const { places, crowd, admission, leaseMs, now } = parts
  let behind = true
  let passed: ReadonlySet<string> = new Set()

  return {
    take(ready) {
      if (behind || !parts.isOpen()) return nothing
      const rooms = new Map<string, Room>()
      const held = admission.held()
      let free = places.free('first')
      for (const one of ready) {
        const room = free > 0 ? enter(one, held) : null
        if (room === null) {
          // What comes later must not overtake it.
          behind = true
          break
        }
        free--
        rooms.set(one.task.id, room)
      }
      // Whoever waits for the record goes on first.
      return rooms.size === 0 ? nothing : (claimed) => void immediately(() => began(rooms, claimed))
    },
    looked(more, passedOver) {
      behind = more
      passed = new Set(passedOver)
    },
  }

  function enter({ task, endpoint }: Ready, held: readonly string[]): Room | null {
    const { target } = task
    if (passed.has(endpoint.id) || held.includes(endpoint.id)) return null
    const most = admission.limitOf(endpoint)
    if (crowd.inside(target) >= most) return null
    const leave = crowd.enter(target)
    crowd.limit(target, most)
    const from = now()
    task.lease = { from, until: from + leaseMs }
    return { place: places.take('first', target.kind), leave }
  }

  function began(rooms: Map<string, Room>, claimed: readonly ClaimedTask[]): void {
    for (const one of claimed) {
      const room = rooms.get(one.task.id)
      if (room === undefined) continue
      rooms.delete(one.task.id)
      if (parts.isOpen()) parts.begin(one, room)
      else {
        giveUp(room)
        parts.putBack(one)
      }
    }
    if (rooms.size === 0) return
    for (const room of rooms.values()) giveUp(room)
    parts.nudge()
  }
}

function giveUp({ place, leave }: Room): void {
  place.leave()
  leave()
}

const nothing: Began = () => {}
