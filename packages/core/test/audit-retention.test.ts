import { describe, expect, it } from 'vitest'
import { createPullwright, memoryStore, verifyAuditExport } from '../src/index.ts'
import { setUp } from './harness.ts'

const DAY = 24 * 3_600_000

async function world(audit: NonNullable<Parameters<typeof setUp>[0]>['retention']) {
  const made = setUp(audit === undefined ? {} : { retention: audit })
  const { pullwright, clock } = made
  const note = (action: string, details: object = {}) =>
    pullwright.audit.record({ action, target: 't', actor: 'jane@example.com', details: { ...details } })
  const actions = async () => (await pullwright.audit.list()).map(({ action }) => action)
  const days = async (count: number) => {
    await clock.advance(count * DAY)
    await pullwright.drain()
  }
  await pullwright.drain()
  return { ...made, note, actions, days }
}

describe('the audit log', () => {
  it('keeps everything unless told otherwise', async () => {
    const { note, actions, days } = await world({ days: 1 })
    await note('endpoint.create')
    await days(9_999)
    expect(await actions()).toEqual(['endpoint.create'])
  })

  it('lets go of what is older than its term, by action, and verifies all the same', async () => {
    const { pullwright, note, actions, days } = await world({
      audit: { days: 400, actions: { 'vcs.*': 30, 'privacy.*': 'forever' } },
    })
    await note('vcs.setStatus')
    await note('endpoint.create')
    await note('vcs.upsertComment')
    await note('privacy.forget')
    await days(31)
    expect(await actions()).toEqual(['endpoint.create', 'audit.erased', 'privacy.forget', 'audit.pruned'])
    expect(await pullwright.audit.verify()).toMatchObject({ ok: true, count: 4, prunedThrough: 1, erased: 1 })
    await note('vcs.setStatus')
    await days(370)
    expect(await actions()).toEqual(['privacy.forget', 'audit.pruned', 'audit.erased', 'audit.pruned'])
    const verdict = await pullwright.audit.verify()
    expect(verdict).toMatchObject({ ok: true, prunedThrough: 3, erased: 1 })
    expect(verifyAuditExport(await pullwright.audit.export({ format: 'jsonl' }))).toEqual(verdict)
    // Nothing of them is left, and looking again adds nothing.
    await days(5)
    expect(await actions()).toHaveLength(4)
    expect(await pullwright.audit.export({ format: 'csv' })).not.toContain('upsertComment')
  })

  it('takes each project for itself, and many entries at once', async () => {
    const { pullwright, store, clock, days } = await world({ audit: { days: 10 } })
    const plain = { at: clock.now(), actor: null, target: 't', result: 'ok', details: null } as const
    for (const project of ['a', 'b']) {
      await store.appendAudit(Array.from({ length: 2_100 }, () => ({ ...plain, project, action: 'x' })))
    }
    await pullwright.as({ project: 'c' }).audit.record({ action: 'x', target: 't' })
    await days(11)
    for (const project of ['a', 'b', 'c']) {
      expect(await pullwright.audit.list({ project })).toMatchObject([{ action: 'audit.pruned', actor: null }])
      expect(await pullwright.audit.verify(project)).toMatchObject({ ok: true, count: 1 })
    }
    expect(await pullwright.audit.verify('a')).toMatchObject({ prunedThrough: 2_100 })
    await days(400)
    expect((await pullwright.audit.list({ project: 'a' })).map(({ sequence }) => sequence)).toEqual([2_101])
  })

  it('finishes what was cut off between the checkpoint and the deleting', async () => {
    const { pullwright, store, note, actions, days } = await world({ audit: { days: 10 } })
    await note('x')
    const { auditKeeping } = store
    if (auditKeeping === undefined) throw new Error('a store that keeps everything')
    const { prune } = auditKeeping
    auditKeeping.prune = async () => {
      throw new Error('the process died')
    }
    await days(11)
    expect(await actions()).toEqual(['x', 'audit.pruned'])
    expect((await pullwright.audit.verify()).ok).toBe(true)
    auditKeeping.prune = prune
    await days(2)
    expect(await actions()).not.toContain('x')
    expect((await pullwright.audit.verify()).ok).toBe(true)
  })

  it('refuses terms that cannot be kept to, and entries that only retention writes', async () => {
    for (const audit of [{ days: 0 }, { actions: { x: -1 } }, { days: 'ever' as never }]) {
      expect(() => createPullwright({ store: memoryStore(), retention: { audit } })).toThrow(/1 or more/)
    }
    const { pullwright } = await world(undefined)
    for (const action of ['audit.pruned', 'audit.erased']) {
      await expect(pullwright.audit.record({ action, target: 't' })).rejects.toMatchObject({ code: 'invalid-argument' })
    }
  })
})

describe('a person in the audit log', () => {
  it('is emptied out of it where that is asked for, and the chain still verifies', async () => {
    const { pullwright, note } = await world(undefined)
    await note('endpoint.create')
    await pullwright.audit.record({ action: 'vcs.publish', target: 'r', details: { reviewers: ['Jane@Example.com '] } })
    await pullwright.audit.record({ action: 'endpoint.remove', target: 'end_1', actor: 'bob@example.com' })
    const kept = await pullwright.privacy.forget('jane@example.com')
    expect(kept).toMatchObject({
      auditEntries: 0,
      beyondReach: expect.arrayContaining([expect.stringMatching(/audit/)]),
    })
    expect((await pullwright.privacy.export('jane@example.com')).audit).toHaveLength(2)
    const operator = pullwright.as({ project: 'default', subject: 'olga', capabilities: ['manage'] })
    const erased = await operator.privacy.forget('jane@example.com', { audit: 'erase' })
    expect(erased.auditEntries).toBe(2)
    expect(erased.beyondReach.join()).not.toMatch(/audit/)
    const lines = await pullwright.audit.export({ format: 'jsonl' })
    expect(lines.toLowerCase()).not.toContain('jane')
    expect(lines).toContain('bob@example.com')
    expect(verifyAuditExport(lines)).toMatchObject({ ok: true, erased: 2 })
    expect(await pullwright.audit.list({ action: 'audit.pruned' })).toMatchObject([
      { actor: 'olga', target: 'privacy', details: { through: 0, erased: [[1, 2]] } },
    ])
    expect((await pullwright.privacy.forget('jane@example.com', { audit: 'erase' })).auditEntries).toBe(0)
  })
})
