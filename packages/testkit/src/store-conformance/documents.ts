import assert from 'node:assert/strict'
import type { DocumentWrite, JsonValue } from '@pullwright/core'
import { type Cases, NOW, type Scene } from './scene.ts'

function write(key: string, value: JsonValue, expectedVersion?: number): DocumentWrite {
  const plain = { project: 'acme', collection: 'notes', key, value, at: NOW }
  return expectedVersion === undefined ? plain : { ...plain, expectedVersion }
}

const read = ({ store }: Scene, key: string) => store.documents.get('acme', 'notes', key)

export const documents: Cases = {
  async 'a document is read back with its version'(scene) {
    const { documents: shelf } = scene.store
    assert.equal(await read(scene, 'a'), null)
    assert.equal(await shelf.put(write('a', { n: 1 })), true)
    assert.equal(await shelf.put({ ...write('a', { n: 2 }), at: NOW + 1 }), true)
    const expected = { project: 'acme', collection: 'notes', key: 'a', value: { n: 2 }, version: 2, updatedAt: NOW + 1 }
    assert.deepEqual(await read(scene, 'a'), expected)
  },

  async 'an expected version must be the stored one'(scene) {
    const { documents: shelf } = scene.store
    assert.equal(await shelf.put(write('a', 1, 1)), false)
    assert.equal(await shelf.put(write('a', 1, 0)), true)
    assert.equal(await shelf.put(write('a', 2, 0)), false)
    assert.equal(await shelf.put(write('a', 2, 2)), false)
    assert.equal(await shelf.put(write('a', 2, 1)), true)
    assert.equal((await read(scene, 'a'))?.value, 2)
  },

  async 'null deletes'(scene) {
    const { documents: shelf } = scene.store
    await shelf.put(write('a', 1))
    assert.equal(await shelf.put(write('a', null, 7)), false)
    assert.equal(await shelf.put(write('a', null, 1)), true)
    assert.equal(await read(scene, 'a'), null)
    assert.deepEqual(await shelf.list('acme', 'notes'), [])
    assert.equal(await shelf.put(write('a', null)), true)
    assert.equal(await shelf.put(write('a', 2, 0)), true)
  },

  async 'parallel writes of one version: one wins'(scene) {
    const { documents: shelf } = scene.store
    for (const version of [0, 1, 2]) {
      const writes = Array.from({ length: 10 }, (_, index) => shelf.put(write('a', index, version)))
      const results = await Promise.all(writes)
      assert.equal(results.filter(Boolean).length, 1)
      assert.equal((await read(scene, 'a'))?.value, results.indexOf(true))
    }
  },

  async 'parallel counting loses nothing'(scene) {
    const { documents: shelf } = scene.store
    await shelf.put(write('a', 0))
    async function count(): Promise<void> {
      for (;;) {
        const row = await read(scene, 'a')
        if (await shelf.put(write('a', Number(row?.value) + 1, row?.version ?? 0))) return
      }
    }
    await Promise.all(Array.from({ length: 10 }, count))
    assert.equal((await read(scene, 'a'))?.value, 10)
  },

  async 'a document is a copy'(scene) {
    const list = ['a']
    await scene.store.documents.put(write('a', { list }))
    list.push('b')
    const row = await read(scene, 'a')
    assert.deepEqual(row?.value, { list: ['a'] })
    Object.assign(row?.value ?? {}, { list: [] })
    assert.deepEqual((await read(scene, 'a'))?.value, { list: ['a'] })
  },

  async 'projects and collections are apart'(scene) {
    const { documents: shelf } = scene.store
    await shelf.put(write('a', 1))
    await shelf.put({ ...write('a', 2), project: 'zeta' })
    await shelf.put({ ...write('a', 3), collection: 'other' })
    assert.equal((await read(scene, 'a'))?.value, 1)
    assert.equal((await shelf.get('zeta', 'notes', 'a'))?.value, 2)
    assert.equal((await shelf.list('acme', 'other'))[0]?.value, 3)
    assert.equal((await shelf.list('acme', 'notes')).length, 1)
  },

  async 'a list is by key, by prefix and in pages'({ store }) {
    const { documents: shelf } = store
    for (const key of ['b/2', 'a', 'b/1', 'c', 'b/3', 'b%', 'b_x']) await shelf.put(write(key, key))
    const keys = async (options?: Parameters<typeof shelf.list>[2]) =>
      (await shelf.list('acme', 'notes', options)).map(({ key }) => key)
    assert.deepEqual(await keys(), ['a', 'b%', 'b/1', 'b/2', 'b/3', 'b_x', 'c'])
    assert.deepEqual(await keys({ prefix: 'b/' }), ['b/1', 'b/2', 'b/3'])
    assert.deepEqual(await keys({ prefix: 'b%' }), ['b%'])
    assert.deepEqual(await keys({ prefix: 'b_' }), ['b_x'])
    assert.deepEqual(await keys({ prefix: 'b/', limit: 2 }), ['b/1', 'b/2'])
    assert.deepEqual(await keys({ prefix: 'b/', limit: 2, after: 'b/2' }), ['b/3'])
    assert.deepEqual(await keys({ after: 'c' }), [])
  },

  async 'a page of documents holds a hundred unless told otherwise'({ store }) {
    for (let index = 0; index < 105; index += 1) await store.documents.put(write(`k${index}`, index))
    assert.equal((await store.documents.list('acme', 'notes')).length, 100)
    assert.equal((await store.documents.list('acme', 'notes', { limit: 200 })).length, 105)
  },

  async 'writes of one recording see each other'(scene) {
    const { store } = scene
    const both = [write('a', 1, 0), write('a', 2, 1), write('b', 1), write('b', null, 1)]
    assert.equal((await store.append({ events: [], documents: both })).status, 'recorded')
    const row = await read(scene, 'a')
    assert.deepEqual([row?.value, row?.version], [2, 2])
    assert.equal(await read(scene, 'b'), null)
  },
}
