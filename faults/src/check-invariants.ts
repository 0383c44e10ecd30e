import type { AttemptRecord, TaskRecord } from '@pullwright/core'
import { type Facts, OWN } from './facts.ts'
import { UNDONE } from './host-rows.ts'
import type { Ledger, Received } from './ledger.ts'

/** Each sentence names what was promised and not kept. Empty: all of it was. */
export function checkInvariants(ledger: Ledger, facts: Facts): string[] {
  const requests = groupBy(ledger.requests, ({ deliveryId }) => deliveryId)
  const tasks = new Map(facts.tasks.map((task) => [task.id, task]))
  return [
    ...recordedOnce(ledger, facts),
    ...deliveredAtLeastOnce(ledger, facts),
    ...facts.tasks.flatMap((task) => {
      const seen = requests.get(task.id) ?? []
      return [...ended(task, seen), ...withAllAttempts(task, facts.attempts.get(task.id) ?? [], seen)]
    }),
    ...[...requests].flatMap(([id, seen]) => authentic(id, seen, tasks.get(id))),
    ...underOneId(ledger),
    ...inOrder(ledger),
    ...besideTheHost(ledger, facts),
  ]
}

/** The first number of a key such as `group/12` is its place in its group; groups without order begin with `any`. */
function placeOf(key: string): { group: string; number: number } | null {
  const [, group, number] = /^(.*)\/(\d+)$/.exec(key) ?? []
  return group === undefined || group.startsWith('any') ? null : { group, number: Number(number) }
}

function recordedOnce({ recorded }: Ledger, { events }: Facts): string[] {
  const lost = [...recorded].flatMap(([key, id]) =>
    events.get(key)?.includes(id) ? [] : [`${key}: recorded as ${id}, and the store has it not`],
  )
  const twice = [...events].flatMap(([key, ids]) => (ids.length === 1 ? [] : [`${key}: recorded ${ids.length} times`]))
  return [...lost, ...twice]
}

/** Whatever is in the store counts, also where the emitter died before it could tell. */
function deliveredAtLeastOnce({ recorded, accepted }: Ledger, { events }: Facts): string[] {
  const arrived = new Set(accepted.map(({ key }) => key))
  const promised = new Set([...recorded.keys(), ...events.keys()])
  return [...promised].flatMap((key) => (arrived.has(key) ? [] : [`${key}: recorded and never delivered`]))
}

function ended({ id, status }: TaskRecord, seen: readonly Received[]): string[] {
  if (status !== 'done') return [`${id}: stuck or given up as ${status}`]
  return seen.some(({ accepted }) => accepted) ? [] : [`${id}: done, and the receiver accepted it never`]
}

function withAllAttempts(task: TaskRecord, attempts: readonly AttemptRecord[], seen: readonly Received[]): string[] {
  const numbers = attempts.map(({ number }) => number)
  const gap = numbers.some((number, index) => number !== index + 1)
  const last = attempts.at(-1)?.outcome
  return [
    ...(attempts.length < seen.length ? [`${task.id}: ${seen.length} requests, ${attempts.length} attempts`] : []),
    ...(gap ? [`${task.id}: attempts are numbered ${numbers.join(', ')}`] : []),
    ...(task.status === 'done' && last !== 'done' ? [`${task.id}: done, and its last attempt is ${last}`] : []),
  ]
}

function authentic(id: string, seen: readonly Received[], task: TaskRecord | undefined): string[] {
  if (task === undefined) return [`${id}: delivered, and the store has it not`]
  const bodies = new Set([...seen.map(({ body }) => body), ...(task.body === null ? [] : [task.body])])
  return [
    ...(bodies.size === 1 ? [] : [`${id}: sent with ${bodies.size} different bodies`]),
    ...(seen.every(({ signed }) => signed) ? [] : [`${id}: sent with a wrong signature`]),
    ...([...bodies].every((body) => idIn(body) === id) ? [] : [`${id}: sent with another id in its body`]),
  ]
}

function idIn(body: string): unknown {
  return (JSON.parse(body) as { delivery_id?: unknown }).delivery_id
}

/** Each event has one endpoint here: whatever copies of it the receiver gets, it can tell that they are copies. */
function underOneId({ requests }: Ledger): string[] {
  return [...groupBy(requests, ({ key }) => key)].flatMap(([key, seen]) => {
    const ids = new Set(seen.map(({ deliveryId }) => deliveryId))
    return ids.size === 1 ? [] : [`${key}: sent under ${ids.size} ids`]
  })
}

/** Of each group the first acceptances come in order; copies that come late do no harm. */
function inOrder({ accepted }: Ledger): string[] {
  const highest = new Map<string, number>()
  const seen = new Set<string>()
  return accepted.flatMap(({ key }) => {
    const place = placeOf(key)
    if (place === null || seen.has(key)) return []
    seen.add(key)
    const before = highest.get(place.group) ?? -1
    highest.set(place.group, Math.max(before, place.number))
    return place.number > before ? [] : [`${key}: accepted after ${place.group}/${before}`]
  })
}

/** What the host committed has its event, and what it undid has none. */
function besideTheHost({ recorded, requests }: Ledger, { events, rows }: Facts): string[] {
  const own = (key: string) => new RegExp(`^(any|row)-${OWN}-`).test(key)
  const told = new Set([...events.keys(), ...requests.map(({ key }) => key)])
  return [
    ...[...rows].flatMap((key) => (events.has(key) ? [] : [`${key}: committed by the host, and the event is missing`])),
    ...[...told, ...recorded.keys()].flatMap((key) =>
      own(key) && !rows.has(key) ? [`${key}: an event, and the host has no row of it`] : [],
    ),
    ...[...rows, ...told].flatMap((key) => (key.endsWith(UNDONE) ? [`${key}: was undone, and is there`] : [])),
  ]
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
