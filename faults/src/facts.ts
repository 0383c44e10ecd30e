import type { AttemptRecord, Store, TaskRecord } from '@pullwright/core'

/** What the store says in the end. */
export interface Facts {
  /** By key. */
  tasks: TaskRecord[]
  attempts: Map<string, AttemptRecord[]>
  /** Event ids by key: one each, however often it was emitted. */
  events: Map<string, string[]>
}

const ALL = 10_000_000
const AT_ONCE = 16

/** Reads all events of the type the suites emit, with their deliveries and attempts. */
export async function readFacts(store: Store): Promise<Facts> {
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
  return { tasks, attempts, events }
}

/** Of whatever target and state: all that has not ended. */
export async function openTasks(store: Store): Promise<number> {
  return (await store.query.backlog(0)).reduce((sum, { count }) => sum + count, 0)
}
