import type { RecentRows, Row, Rows } from './ports/store.ts'

/** What others change shows after so long at the latest, milliseconds. */
const FRESH_MS = 250
/** Answers kept; past that all are forgotten. */
const KEEP_AT_MOST = 10_000

interface Answer<V> {
  until: number
  value: Promise<V>
}

/**
 * For stores: `Rows.recent`, answered from memory while it is fresh (250 ms) and nothing was changed here. Call `forget`
 * after each change.
 */
export function createRecentRows<T extends Row>({ get, list }: Rows<T>): { rows: RecentRows<T>; forget(): void } {
  const single = createMemory<T | null>()
  const lists = createMemory<readonly T[]>()

  return {
    rows: {
      get: (id, project) =>
        single.recall(`${project === undefined ? '' : `${project}/`}\n${id}`, () => get(id, project)),
      list: ({ project } = {}) =>
        lists.recall(project === undefined ? '' : `${project}/`, () => list(project === undefined ? {} : { project })),
    },
    forget() {
      single.forget()
      lists.forget()
    },
  }
}

function createMemory<V>() {
  const answers = new Map<string, Answer<V>>()
  return {
    recall(key: string, ask: () => Promise<V>): Promise<V> {
      const now = performance.now()
      const known = answers.get(key)
      if (known !== undefined && now < known.until) return known.value
      if (answers.size >= KEEP_AT_MOST) answers.clear()
      const value = ask()
      const answer = { until: now + FRESH_MS, value }
      answers.set(key, answer)
      // What fails is asked again.
      value.catch(() => {
        if (answers.get(key) === answer) answers.delete(key)
      })
      return value
    },
    forget: () => answers.clear(),
  }
}
