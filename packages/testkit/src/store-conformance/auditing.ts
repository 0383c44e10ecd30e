import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  type AuditEntry,
  canonicalJson,
  erasedAudit,
  type JsonValue,
  type NewAuditEntry,
  verifyAudit,
} from '@pullwright/core'
import { type Cases, NOW } from './scene.ts'

function note(action: string, parts?: Partial<NewAuditEntry>): NewAuditEntry {
  const plain = { project: 'acme', at: NOW, actor: 'ada', target: 'end_1', result: 'ok', details: null } as const
  return { ...plain, action, ...parts }
}

/** Computed here anew, from the port's words alone. */
function assertChain(entries: readonly AuditEntry[]): void {
  let previousHash = '0'.repeat(64)
  for (const [index, entry] of entries.entries()) {
    const { hash, previousHash: named, ...rest } = entry
    const content: Record<string, JsonValue> = { ...rest }
    assert.equal(entry.sequence, index + 1)
    assert.equal(named, previousHash)
    assert.equal(
      hash,
      createHash('sha256')
        .update(previousHash + canonicalJson(content))
        .digest('hex'),
    )
    previousHash = hash
  }
}

export const auditing: Cases = {
  async 'entries form a chain, over several calls'({ store }) {
    const details = { z: 1, a: ['\u0000', '\ud800', 'é'], nested: { b: null } }
    await store.appendAudit([note('endpoint.create', { details }), note('endpoint.update')])
    const [last] = await store.appendAudit([note('endpoint.remove', { result: 'failed', actor: null })])
    const entries = await store.query.audit({ project: 'acme' })
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['endpoint.create', 'endpoint.update', 'endpoint.remove'],
    )
    assert.deepEqual(entries[2], last)
    assert.deepEqual(entries[0]?.details, details)
    assertChain(entries)
  },

  async 'every project has a chain of its own'({ store }) {
    await store.appendAudit([note('a'), note('b', { project: 'zeta' }), note('c'), note('d', { project: 'zeta' })])
    for (const project of ['acme', 'zeta']) {
      const entries = await store.query.audit({ project })
      assert.equal(entries.length, 2)
      assert.ok(entries.every((entry) => entry.project === project))
      assertChain(entries)
    }
    assert.deepEqual(await store.query.audit({ project: 'nobody' }), [])
    assert.deepEqual(await store.appendAudit([]), [])
  },

  async 'parallel entries break no link'({ store }) {
    const writes = Array.from({ length: 20 }, (_, index) => store.appendAudit([note(`a${index}`), note(`b${index}`)]))
    await Promise.all(writes)
    const entries = await store.query.audit({ project: 'acme' })
    assert.equal(entries.length, 40)
    assertChain(entries)
  },

  async 'entries are filtered and paged, oldest first'({ store }) {
    const entries = Array.from({ length: 12 }, (_, index) => note(index % 2 ? 'odd' : 'even', { at: NOW + index }))
    await store.appendAudit(entries)
    const sequences = async (filter: object) =>
      (await store.query.audit({ project: 'acme', ...filter })).map(({ sequence }) => sequence)
    assert.deepEqual(await sequences({ limit: 3 }), [1, 2, 3])
    assert.deepEqual(await sequences({ limit: 3, after: 3 }), [4, 5, 6])
    assert.deepEqual(await sequences({ after: 12 }), [])
    assert.deepEqual(await sequences({ action: 'odd', limit: 2, after: 2 }), [4, 6])
    assert.deepEqual(await sequences({ since: NOW + 9 }), [10, 11, 12])
    assert.deepEqual(await sequences({ until: NOW + 2 }), [1, 2])
  },

  async 'a page of entries holds a hundred unless told otherwise'({ store }) {
    await store.appendAudit(Array.from({ length: 120 }, () => note('a')))
    assert.equal((await store.query.audit({ project: 'acme' })).length, 100)
    assert.equal((await store.query.audit({ project: 'acme', limit: 500 })).length, 120)
  },

  async 'entries that a checkpoint names are emptied or deleted, and no others'({ store }) {
    const { auditKeeping } = store
    // Such a store keeps every entry.
    if (auditKeeping === undefined) return
    const odd = { details: ['\u0000', '\ud800'] }
    const written = await store.appendAudit(['a', 'b', 'c', 'd'].map((action) => note(action, odd)))
    await store.appendAudit([note('a', { project: 'zeta' })])
    assert.deepEqual((await auditKeeping.projects()).sort(), ['acme', 'zeta'])
    const { erase, prune } = auditKeeping
    await assert.rejects(erase('acme', [3]))
    await assert.rejects(prune('acme', 1))
    const details = { through: 2, hash: written[1]?.hash ?? '', erased: [[3, 3]] }
    await store.appendAudit([note('audit.pruned', { details })])
    await assert.rejects(erase('acme', [3, 4]))
    await assert.rejects(erase('acme', [5]))
    await assert.rejects(prune('acme', 3))
    await assert.rejects(prune('zeta', 1))
    const all = async () => await store.query.audit({ project: 'acme' })
    assert.deepEqual((await all()).slice(0, 4), written)
    assert.equal(await erase('acme', [3]), 1)
    assert.equal(await erase('acme', [3, 99]), 0)
    assert.equal(await prune('acme', 2), 2)
    assert.equal(await prune('acme', 2), 0)
    const [third, fourth, checkpoint] = await all()
    assert.deepEqual(third, written[2] && erasedAudit(written[2]))
    assert.deepEqual([fourth, checkpoint?.sequence], [written[3], 5])
    assert.deepEqual(await store.query.audit({ project: 'acme', after: 3, limit: 1 }), [written[3]])
    const [next] = await store.appendAudit([note('e')])
    assert.equal(next?.previousHash, checkpoint?.hash)
    assert.deepEqual(verifyAudit(await all()), { ok: true, count: 4, head: next?.hash, prunedThrough: 2, erased: 1 })
  },
}
