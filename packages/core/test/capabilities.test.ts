import { describe, expect, it } from 'vitest'
import type { Capability, Vcs } from '../src/index.ts'
import { everything, setUpAdmin, USER } from './admin-harness.ts'

const forge = {
  apiVersion: 1,
  name: 'forge',
  capabilities: async () => ({}),
  inspect: async (repository: string) => ({
    ...{ repository, ok: true, defaultBranch: 'main', visibility: 'private', missing: [], problems: [] },
    ...{ autoMergeAllowed: true, mergeMethods: [], credentialExpiresAt: null },
  }),
  connect: () => forge,
} as unknown as Vcs

const draft = { vcs: 'forge', repository: 'acme/prompts', credential: 'tok-1' }
const endpoint = { url: 'http://127.0.0.1:9/x', events: ['*'] }

function setUp() {
  const made = setUpAdmin({}, { vcs: [forge] })
  const as = (capabilities?: readonly Capability[], subject: string | null = 'ada') =>
    made.pullwright.as({
      project: 'acme',
      ...(subject === null ? {} : { subject }),
      ...(capabilities === undefined ? {} : { capabilities }),
    })
  const refusals = () => made.pullwright.audit.list({ project: 'acme', action: 'access.refused' })
  return { ...made, as, refusals }
}

const FORBIDDEN = {
  code: 'forbidden',
  message: expect.stringMatching(/needs the capability `manage`.*The host grants/),
}

describe('configuring integrations', () => {
  it('needs `manage` of a subject, for each call that changes or tries something', async () => {
    const { as, pullwright } = setUp()
    const { id } = await as(['manage']).integrations.create(draft)
    for (const bound of [as(), as([]), as(['view', 'retry', 'approve'])]) {
      const { integrations } = bound
      await expect(integrations.create(draft)).rejects.toMatchObject(FORBIDDEN)
      await expect(integrations.update(id, { enabled: false })).rejects.toMatchObject(FORBIDDEN)
      await expect(integrations.remove(id)).rejects.toMatchObject(FORBIDDEN)
      await expect(integrations.test(id)).rejects.toMatchObject(FORBIDDEN)
      await expect(integrations.test(draft)).rejects.toMatchObject(FORBIDDEN)
      expect(await integrations.list()).toHaveLength(1)
      expect(await integrations.get(id)).toMatchObject({ version: 1 })
    }
    await as(['manage']).integrations.remove(id)
    await pullwright.stop()
  })

  it('is open to the host itself, which names no subject', async () => {
    const { as, pullwright } = setUp()
    await as(undefined, null).integrations.create(draft)
    await pullwright.integrations.create({ ...draft, project: 'acme' })
    expect(await as().integrations.list()).toHaveLength(2)
    await pullwright.stop()
  })

  it('notes the refusal with who asked for what, and nothing of the credential', async () => {
    const { as, refusals, pullwright } = setUp()
    await expect(as(['view']).integrations.create(draft)).rejects.toMatchObject(FORBIDDEN)
    const found = await refusals()
    expect(found).toMatchObject([
      {
        ...{ actor: 'ada', target: 'integrations.create', result: 'failed' },
        details: { needs: 'manage', has: ['view'] },
      },
    ])
    expect(JSON.stringify(found)).not.toContain(draft.credential)
    await pullwright.stop()
  })
})

describe('the audit log', () => {
  it('has what was allowed and came to nothing, and what was tried, with nothing of what is secret', async () => {
    const { as, pullwright } = setUp()
    const bound = as(['manage', 'retry'])
    const { integrations, webhooks } = bound
    const { id } = await integrations.create(draft)
    await integrations.test(id)
    await expect(integrations.create({ ...draft, base: 'a b' })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(integrations.update(id, { name: 'x', version: 7 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(webhooks.endpoints.create({ url: 'http://10.0.0.1/x', events: [] })).rejects.toThrow()
    await expect(webhooks.deliveries.retry('dlv_1')).rejects.toMatchObject({ code: 'not-found' })
    const entries = await pullwright.audit.list({ project: 'acme' })
    expect(entries.map(({ actor, action, target, result }) => [actor, action, target, result])).toEqual([
      ['ada', 'integration.create', id, 'ok'],
      ['ada', 'integration.test', id, 'ok'],
      ['ada', 'integration.create', 'acme/prompts', 'failed'],
      ['ada', 'integration.update', id, 'failed'],
      ['ada', 'endpoint.create', 'endpoints.create', 'failed'],
    ])
    expect(entries.at(-1)?.details).toEqual({ error: 'invalid-argument' })
    expect(JSON.stringify(entries)).not.toContain(draft.credential)
    await pullwright.stop()
  })

  it('has it in the project that a host’s own draft names', async () => {
    const { pullwright } = setUp()
    const bad = { ...draft, project: 'acme', base: 'a b' }
    await expect(pullwright.integrations.create(bad)).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(await pullwright.audit.list({ project: 'acme' })).toMatchObject([{ result: 'failed' }])
    await pullwright.stop()
  })
})

describe('capabilities', () => {
  it('are held to inside as over HTTP, where they are said', async () => {
    const { as, pullwright } = setUp()
    const { id } = await as().webhooks.endpoints.create(endpoint)
    const viewer = as(['view'])
    await expect(viewer.webhooks.endpoints.create(endpoint)).rejects.toMatchObject(FORBIDDEN)
    await expect(viewer.webhooks.endpoints.rotateSecret(id)).rejects.toMatchObject(FORBIDDEN)
    await expect(viewer.tasks.cancel('tsk_1')).rejects.toMatchObject(FORBIDDEN)
    await expect(viewer.privacy.forget('ada')).rejects.toMatchObject(FORBIDDEN)
    await expect(viewer.prune({ before: 0 })).rejects.toMatchObject(FORBIDDEN)
    await expect(viewer.tasks.retry('tsk_1')).rejects.toMatchObject({ message: expect.stringMatching(/`retry`/) })
    await expect(as(['retry']).tasks.retry('tsk_1')).rejects.toMatchObject({ code: 'not-found' })
    expect(await viewer.webhooks.endpoints.get(id)).toMatchObject({ id })
    await pullwright.stop()
  })

  it('only shrink where an instance is bound once more', async () => {
    const { as, pullwright } = setUp()
    const manager = as(['view', 'manage'])
    await manager.as({ project: 'acme', subject: 'bob' }).integrations.create(draft)
    const viewer = manager.as({ project: 'acme', capabilities: ['view', 'retry'] })
    await expect(viewer.integrations.create(draft)).rejects.toMatchObject({
      message: expect.stringMatching(/it has view\./),
    })
    await expect(
      viewer.as({ project: 'acme', capabilities: ['manage'] }).integrations.create(draft),
    ).rejects.toMatchObject({ code: 'forbidden' })
    expect(() => as().as({ project: 'acme', capabilities: ['manage'] })).toThrow(/say them where the subject is named/)
    expect(() => as(['admin' as 'manage'])).toThrow(/must be a list of these: view, manage, retry, approve/)
    await pullwright.stop()
  })

  it('come from `authorize` over HTTP into the same check, which notes its refusals once', async () => {
    const { call, refusals, pullwright } = setUp()
    const seer = { [USER]: 'acme:eve:view' }
    const refused = await call('POST', '/integrations', draft, seer)
    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({ code: 'forbidden', detail: FORBIDDEN.message })
    expect((await call('POST', '/integrations', 'no json at all', seer)).status).toBe(403)
    expect((await call('GET', '/integrations', undefined, { [USER]: 'acme:eve:' })).status).toBe(403)
    expect((await call('POST', '/integrations', draft, { [USER]: 'acme:max:manage' })).status).toBe(201)
    expect((await call('POST', '/integrations', draft, { [USER]: everything('acme') })).status).toBe(201)
    expect(await refusals()).toMatchObject([
      { actor: 'eve', target: 'integrations.create' },
      { actor: 'eve', target: 'integrations.create' },
    ])
    await pullwright.stop()
  })
})
