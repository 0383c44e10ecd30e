import assert from 'node:assert/strict'
import type { Cases } from './scene.ts'

/** Pages until one is empty. */
async function readAll<T extends { id: string; sequence: number }>(
  read: (page: { limit: number; after?: number }) => Promise<T[]>,
  limit: number,
): Promise<string[]> {
  const ids: string[] = []
  for (let rows = await read({ limit }); rows.length > 0; ) {
    assert.ok(rows.length <= limit)
    ids.push(...rows.map(({ id }) => id))
    const after = rows.at(-1)?.sequence
    assert.ok(after !== undefined)
    rows = await read({ limit, after })
  }
  return ids
}

export const paging: Cases = {
  async 'pages of events are complete and without overlap'({ store, event, append }) {
    const events = Array.from({ length: 25 }, () => event())
    await append(...events)
    const expected = events.map(({ id }) => id).reverse()
    for (const limit of [1, 7, 25, 30])
      assert.deepEqual(await readAll((page) => store.query.events(page), limit), expected)
  },

  async 'pages of tasks are complete and without overlap, several to an event'({ store, event, append, task }) {
    const events = Array.from({ length: 5 }, () => event({ tasks: [task(), task(), task()] }))
    await append(...events)
    const expected = events.flatMap(({ tasks }) => tasks.map(({ id }) => id)).reverse()
    for (const limit of [1, 2, 4]) assert.deepEqual(await readAll((page) => store.query.tasks(page), limit), expected)
  },

  async 'pages under a filter are complete'({ store, event, append }) {
    const events = Array.from({ length: 30 }, (_, index) => event({ type: index % 3 === 0 ? 'a.x' : 'a.y' }))
    await append(...events)
    const expected = events.flatMap(({ id, type }) => (type === 'a.x' ? [id] : [])).reverse()
    const read = (page: { limit: number; after?: number }) => store.query.events({ ...page, types: ['a.x'] })
    assert.deepEqual(await readAll(read, 4), expected)
  },

  async 'what is recorded meanwhile does not shift the pages'({ store, event, append }) {
    const events = Array.from({ length: 6 }, () => event())
    await append(...events)
    const first = await store.query.events({ limit: 3 })
    await append(event(), event())
    const after = first.at(-1)?.sequence ?? 0
    const second = await store.query.events({ limit: 3, after })
    assert.deepEqual(
      [...first, ...second].map(({ id }) => id),
      events.map(({ id }) => id).reverse(),
    )
  },

  async 'a page holds a hundred unless told otherwise'({ store, event, append }) {
    await append(...Array.from({ length: 120 }, () => event()))
    assert.equal((await store.query.events({})).length, 100)
    assert.equal((await store.query.tasks({})).length, 100)
    assert.equal((await store.query.events({ limit: 110 })).length, 110)
    assert.equal((await store.query.tasks({ limit: 0 })).length, 0)
  },
}
