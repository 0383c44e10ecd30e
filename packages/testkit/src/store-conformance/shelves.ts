import assert from 'node:assert/strict'
import { type Cases, LEASE, NOW, SECOND } from './scene.ts'

const BYTES = Uint8Array.from({ length: 256 }, (_, index) => index)
const BLOB = { project: 'acme', key: 'log', bytes: BYTES, expiresAt: NOW + SECOND }

/** Blobs and schedules. */
export const shelves: Cases = {
  async 'a blob is read back byte for byte'({ store }) {
    await store.blobs.put(BLOB)
    const bytes = await store.blobs.get('acme', 'log', NOW)
    assert.ok(bytes instanceof Uint8Array)
    assert.deepEqual([...bytes], [...BYTES])
    await store.blobs.put({ ...BLOB, key: 'empty', bytes: new Uint8Array() })
    assert.equal((await store.blobs.get('acme', 'empty', NOW))?.length, 0)
  },

  async 'a blob put again replaces the first'({ store }) {
    await store.blobs.put(BLOB)
    await store.blobs.put({ ...BLOB, bytes: Uint8Array.of(9), expiresAt: NOW + 5 * SECOND })
    assert.deepEqual([...((await store.blobs.get('acme', 'log', NOW + 2 * SECOND)) ?? [])], [9])
  },

  async 'a blob is hidden from other projects'({ store }) {
    await store.blobs.put(BLOB)
    assert.equal(await store.blobs.get('zeta', 'log', NOW), null)
    assert.equal(await store.blobs.get('acme', 'other', NOW), null)
  },

  async 'a blob is gone at its time, swept or not'({ store }) {
    await store.blobs.put(BLOB)
    await store.blobs.put({ ...BLOB, key: 'longer', expiresAt: NOW + LEASE })
    assert.ok(await store.blobs.get('acme', 'log', NOW + SECOND - 1))
    assert.equal(await store.blobs.get('acme', 'log', NOW + SECOND), null)
    assert.equal(await store.blobs.sweep(NOW + SECOND - 1), 0)
    assert.equal(await store.blobs.sweep(NOW + SECOND), 1)
    assert.equal(await store.blobs.sweep(NOW + SECOND), 0)
    assert.ok(await store.blobs.get('acme', 'longer', NOW + SECOND))
  },

  async 'a blob is a copy'({ store }) {
    const bytes = Uint8Array.of(1, 2, 3)
    await store.blobs.put({ ...BLOB, bytes })
    bytes[0] = 9
    const read = await store.blobs.get('acme', 'log', NOW)
    read?.fill(7)
    assert.deepEqual([...((await store.blobs.get('acme', 'log', NOW)) ?? [])], [1, 2, 3])
  },

  async 'a schedule is claimed when it is due, by one'({ store }) {
    await store.schedules.register([{ name: 'prune', firstAt: NOW }])
    const claim = (now: number) => store.schedules.claim({ names: ['prune', 'other'], now, leaseMs: LEASE })
    assert.equal(await claim(NOW - 1), null)
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(NOW)))
    const won = claims.filter((each) => each !== null)
    assert.equal(won.length, 1)
    assert.equal(won[0]?.name, 'prune')
  },

  async 'a schedule that is settled comes again at its next time'({ store }) {
    await store.schedules.register([{ name: 'prune', firstAt: NOW }])
    const claim = (now: number) => store.schedules.claim({ names: ['prune'], now, leaseMs: LEASE })
    const first = await claim(NOW)
    assert.ok(first)
    assert.equal(await store.schedules.settle(first, NOW + 5 * LEASE), true)
    assert.equal(await store.schedules.settle(first, NOW), false)
    assert.equal(await store.schedules.nextDueAt(['prune']), NOW + 5 * LEASE)
    assert.equal(await claim(NOW + 2 * LEASE), null)
    assert.ok(await claim(NOW + 5 * LEASE))
  },

  async 'a schedule whose owner fell silent is taken over'({ store }) {
    await store.schedules.register([{ name: 'prune', firstAt: NOW }])
    const claim = (now: number) => store.schedules.claim({ names: ['prune'], now, leaseMs: LEASE })
    const first = await claim(NOW)
    assert.equal(await claim(NOW + LEASE - 1), null)
    const second = await claim(NOW + LEASE)
    assert.ok(first && second)
    assert.equal(await store.schedules.settle(first, NOW), false)
    assert.equal(await store.schedules.settle(second, NOW + 9 * LEASE), true)
  },

  async 'registering again changes nothing'({ store }) {
    await store.schedules.register([{ name: 'prune', firstAt: NOW + SECOND }])
    await store.schedules.register([
      { name: 'prune', firstAt: NOW },
      { name: 'age', firstAt: NOW + 2 * SECOND },
    ])
    assert.equal(await store.schedules.nextDueAt(['prune']), NOW + SECOND)
    assert.equal(await store.schedules.nextDueAt(['age', 'prune']), NOW + SECOND)
    assert.equal(await store.schedules.nextDueAt(['age']), NOW + 2 * SECOND)
    assert.equal(await store.schedules.nextDueAt(['unknown']), null)
    assert.equal(await store.schedules.nextDueAt([]), null)
  },

  async 'only schedules one knows are claimed'({ store }) {
    await store.schedules.register([
      { name: 'a', firstAt: NOW },
      { name: 'b', firstAt: NOW },
    ])
    const claim = (names: string[]) => store.schedules.claim({ names, now: NOW, leaseMs: LEASE })
    assert.equal((await claim(['b']))?.name, 'b')
    assert.equal(await claim(['b', 'c']), null)
    assert.equal((await claim(['a', 'b']))?.name, 'a')
  },
}
