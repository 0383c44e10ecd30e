import { describe, expect, it } from 'vitest'
import type { Pullwright } from '../src/index.ts'
import { deployed } from './harness.ts'
import { closing } from './sinks.ts'

const { sink, instances } = closing()

async function world() {
  const receiver = await sink()
  const setting = instances(1)
  const [pullwright] = setting.all as [Pullwright]
  await pullwright.webhooks.endpoints.create({ url: receiver.url, events: ['environment.*'] })
  await pullwright.emitter.emit('environment.deployed', { ...deployed, deployed_by: 'Jane@Example.com' })
  await pullwright.emitter.emit('environment.deployed', {
    ...deployed,
    revision: 16,
    deployed_by: { user_id: 'u-7', email: 'jane@example.com' },
  })
  await pullwright.emitter.emit('environment.deployed', { ...deployed, revision: 17, deployed_by: 'bob@example.com' })
  await pullwright.emitter.emit('environment.deployed', deployed, { project: 'other' })
  await pullwright.drain()
  return { ...setting, pullwright }
}

describe('what is kept on a person', () => {
  it('is exported whole: events, tasks, attempts and what they did, as JSON', async () => {
    const { pullwright } = await world()
    const jane = pullwright.as({ project: 'default', subject: 'jane@example.com' })
    await jane.audit.record({ action: 'endpoint.update', target: 'end_1' })
    await pullwright.audit.record({ action: 'endpoint.update', target: 'end_1', actor: 'bob@example.com' })
    const kept = await pullwright.privacy.export(' JANE@example.com')
    expect(JSON.parse(JSON.stringify(kept))).toEqual(kept)
    expect(kept.events.map(({ data }) => (data as { revision: number }).revision)).toEqual([15, 16])
    expect(kept.events[0]?.tasks).toMatchObject([{ status: 'done', history: [{ outcome: 'done' }] }])
    expect(kept.audit.map(({ actor }) => actor)).toEqual(['jane@example.com'])
    expect(JSON.stringify(kept)).not.toContain('bob')
    expect((await pullwright.privacy.export({ userId: 'u-7' })).events).toHaveLength(1)
  })

  it('is forgotten in the one project, and the audit log says so without the name', async () => {
    const { pullwright, store } = await world()
    const answer = await pullwright.privacy.forget({ email: 'jane@example.com', userId: 'u-7' })
    expect(answer).toMatchObject({ events: 2 })
    expect(answer.beyondReach.length).toBeGreaterThan(0)
    const rest = JSON.stringify([
      await store.query.events({ project: 'default' }),
      await store.query.tasks({ project: 'default' }),
    ])
    expect(rest.toLowerCase()).not.toContain('jane')
    expect(rest).toContain('bob@example.com')
    expect(JSON.stringify(await store.query.events({ project: 'other' }))).toContain('jane@example.com')
    expect((await pullwright.privacy.export('jane@example.com')).events).toEqual([])
    const [entry] = (await pullwright.audit.list()).filter(({ action }) => action === 'privacy.forget')
    expect(entry).toMatchObject({ details: { events: 2 } })
    expect(JSON.stringify(entry)).not.toMatch(/jane|u-7/)
    expect((await pullwright.audit.verify()).ok).toBe(true)
  })

  it('includes what they did as the subject of as()', async () => {
    const { pullwright } = await world()
    await pullwright.as({ project: 'default', subject: 'ann' }).emitter.emit('deployment.succeeded', deployed)
    expect((await pullwright.privacy.export('ann')).events).toMatchObject([
      { type: 'deployment.succeeded', subject: 'ann' },
    ])
  })

  it('is left alone by options that are misspelt, and so are all others', async () => {
    const { pullwright } = await world()
    const elsewhere = { projekt: 'other' }
    const wrong = [
      pullwright.privacy.forget('jane@example.com', elsewhere as object),
      pullwright.privacy.forget('jane@example.com', { audit: 'wipe' as never }),
      pullwright.privacy.export('jane@example.com', elsewhere as object),
      pullwright.prune({ before: '2999-01-01', ...elsewhere }),
    ]
    for (const call of wrong) await expect(call).rejects.toMatchObject({ code: 'invalid-argument' })
    expect((await pullwright.privacy.export('jane@example.com')).events).toHaveLength(2)
  })

  it('is bound by as(), and needs a name', async () => {
    const { pullwright } = await world()
    const bound = pullwright.as({ project: 'default' })
    await expect(bound.privacy.forget('jane@example.com', { project: 'other' })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    for (const nobody of ['', {}, { email: '' }, undefined as never]) {
      await expect(pullwright.privacy.forget(nobody)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
  })
})
