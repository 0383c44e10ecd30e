import type { AttemptRecord, Store, TaskRecord } from '@pullwright/core'

/** What the store says in the end. */
export interface Facts {
  /** By key. */
  tasks: TaskRecord[]
  attempts: Map<string, AttemptRecord[]>
  /** Event ids by key: one each, however often it was emitted. */
  events: Map<string, string[]>
  /** Of the host's own rows, each written in one transaction with an event. */
  rows: Set<string>
}

/** In the group of every key that is emitted in a transaction of the host, after `any-` or `row-`. */
export const OWN = 'own'

const ALL = 10_000_000
const AT_ONCE = 16

/** Reads all events of the type the suites emit, with their deliveries and attempts. */
export async function readFacts(store: Store, rows: Set<string> = new Set()): Promise<Facts> {
  const tasks = await store.query.tasks({ eventTypes: ['variant.created'], limit: ALL })
  const attempts = new Map<string, AttemptRecord[]>()
  const rest = tasks.map(({ id }) => id)
  const read = async () => {
    for (let id = rest.pop(); id !== undefined; id = rest.pop()) attempts.set(id, await store.query.attempts(id))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, read))
  const events = new Map<string, string[]>()
  for (const event of await store.query.events({ types: ['variant.created'], limit: ALL })) {
    const key = (event.data as { variant_name: string }).variant_name
    events.set(key, [...(events.get(key) ?? []), event.id])
  }
  return { tasks, attempts, events, rows }
}

/** Of whatever target and state: all that has not ended. */
export async function openTasks(store: Store): Promise<number> {
  return (await store.query.backlog(0)).reduce((sum, { count }) => sum + count, 0)
}
