import type { RecentRows, Row, Rows } from './ports/store.ts'

/** What others change shows after so long at the latest, milliseconds. */
const FRESH_MS = 250
/** Answers kept; past that all are forgotten. */
const KEEP_AT_MOST = 10_000

/** Who reads an answer of this age has it asked for anew, and does not wait for that. */
const RENEWED_MS = FRESH_MS / 2

interface Answer<V> {
  askedAt: number
  value: Promise<V>
  /** What takes its place once it is there. */
  next?: Answer<V> | undefined
}

/**
 * For stores: `Rows.recent`, answered from memory while it is fresh (250 ms) and nothing was changed here. Call `forget`
 * after each change. `now` in milliseconds from any beginning.
 */
export function createRecentRows<T extends Row>(
  { get, list }: Rows<T>,
  now: () => number = () => performance.now(),
): { rows: RecentRows<T>; forget(): void } {
  const single = createMemory<T | null>(now)
  const lists = createMemory<readonly T[]>(now)

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

function createMemory<V>(now: () => number) {
  const answers = new Map<string, Answer<V>>()
  return { recall, forget: () => answers.clear() }

  function recall(key: string, ask: () => Promise<V>): Promise<V> {
    const known = answers.get(key)
    if (known === undefined || (ageOf(known) >= FRESH_MS && ageOf(known.next) >= FRESH_MS)) return first(key, ask)
    if (ageOf(known) >= RENEWED_MS && known.next === undefined) renew(key, ask, known)
    return ageOf(known) < FRESH_MS || known.next === undefined ? known.value : known.next.value
  }

  function first(key: string, ask: () => Promise<V>): Promise<V> {
    if (answers.size >= KEEP_AT_MOST) answers.clear()
    const answer: Answer<V> = { askedAt: now(), value: ask() }
    answers.set(key, answer)
    // What fails is asked again.
    answer.value.catch(() => {
      if (answers.get(key) === answer) answers.delete(key)
    })
    return answer.value
  }

  function renew(key: string, ask: () => Promise<V>, known: Answer<V>): void {
    const next: Answer<V> = { askedAt: now(), value: ask() }
    known.next = next
    next.value.then(
      () => {
        if (answers.get(key) === known) answers.set(key, next)
      },
      () => {
        known.next = undefined
      },
    )
  }

  function ageOf(answer: Answer<V> | undefined): number {
    return answer === undefined ? Number.POSITIVE_INFINITY : now() - answer.askedAt
  }
}
