import { expect, it } from 'vitest'
import { VcsError } from '../errors.ts'
import { createEgressGuard } from '../http/egress-guard.ts'
import { memoryStore } from '../memory/memory-store.ts'
import type { Vcs, VcsConnection } from '../ports/vcs.ts'
import { generateKey, toSecretBox } from '../secrets/secret-box.ts'
import { createIntegrations, type IntegrationChange, type IntegrationDraft } from './integrations.ts'
import type { IntegrationRules } from './rules.ts'
import { createVcsLookup } from './vcs-lookup.ts'

function scene() {
  const [store, box] = [memoryStore(), toSecretBox(generateKey())]
  if (!box) throw new Error('no box')
  const connections: VcsConnection[] = []
  const forge = {
    apiVersion: 1,
    name: 'forge',
    async capabilities(repository: string) {
      if (repository.split('/').length !== 2) throw new VcsError('invalid', 'A repository is given as owner/name.')
      if (repository === 'acme/unreachable') throw new VcsError('unavailable', 'No answer.')
    },
    connect(connection: VcsConnection) {
      connections.push(connection)
      return forge
    },
  } as unknown as Vcs
  const transport = { send: async () => Promise.reject(new Error('no network here')), fetch, close: async () => {} }
  const connect = createVcsLookup({ adapters: new Map([['forge', forge]]), requireBox: () => box, guarded: transport })
  const integrations = createIntegrations({
    store,
    requireBox: () => box,
    now: () => 0,
    audit: { record: async () => {} } as never,
    projectOf: (asked) => asked ?? 'default',
    project: undefined,
    connect,
    guard: createEgressGuard(),
  })
  return { integrations, connections, connect, store }
}

const draft: IntegrationDraft = { vcs: 'forge', repository: 'acme/prompts', credential: 'first' }

it.each<[string, Partial<IntegrationDraft>, string]>([
  ['an unknown variable in the title', { rules: { title: '{{nope}}' } }, 'rules.title'],
  ['an unknown variable in the body', { rules: { template: '{{nope}}' } }, 'rules.template'],
  ['an unknown variable in the path', { rules: { path: '{{title}}.json' } }, 'rules.path'],
  ['a place that cannot be read', { rules: { include: { only: ['a..b'] } } }, 'rules.include.only[0]'],
  ['a pattern of nothing', { rules: { redact: ['**'] } }, 'rules.redact[0]'],
  ['a pattern that would take long', { rules: { redact: ['*a*a*a'] } }, 'rules.redact[0]'],
  ['a path out of the repository', { rules: { path: '../../{{app}}.json' } }, 'rules.path'],
  ['an absolute path', { rules: { path: '/etc/{{app}}' } }, 'rules.path'],
  ['a path into .git', { rules: { path: '.GIT/hooks/{{app}}' } }, 'rules.path'],
  ['a branch that git refuses', { rules: { branch: 'a..b/{{app}}' } }, 'rules.branch'],
  ['the base as the branch', { base: 'release', rules: { branch: 'release' } }, 'rules.branch'],
  ['the default base as the branch', { rules: { branch: 'main' } }, 'rules.branch'],
  ['a base that git refuses', { base: 'a b' }, 'base'],
  ['a repository that the adapter cannot take', { repository: 'acme/group/prompts' }, 'repository'],
])('refuses %s at once, on creating and on changing', async (_what, more, path) => {
  const { integrations } = scene()
  const refusal = { code: 'invalid-argument', problems: [expect.objectContaining({ path })] }
  await expect(integrations.create({ ...draft, ...more })).rejects.toMatchObject(refusal)
  await expect(integrations.test({ ...draft, ...more })).rejects.toMatchObject(refusal)
  const { id } = await integrations.create(draft)
  await expect(integrations.update(id, more as IntegrationChange)).rejects.toMatchObject(refusal)
  expect(await integrations.get(id)).toMatchObject({ repository: 'acme/prompts', rules: {}, version: 1 })
})

it('refuses a host that the guard would never let it reach', async () => {
  const { integrations } = scene()
  for (const baseUrl of ['https://169.254.169.254/', 'http://git.example.com', 'https://localhost/api/v3']) {
    await expect(integrations.create({ ...draft, baseUrl }), baseUrl).rejects.toMatchObject({ code: 'egress-blocked' })
  }
})

it('takes good rules, also while the forge is out of reach', async () => {
  const { integrations } = scene()
  const rules: IntegrationRules = {
    ...{ path: 'x/{{app}}.json', branch: 'x/{{app}}', onForeignCommits: 'new-branch' },
    include: { only: ['model', 'messages[*].content'], except: ['**.note'], diff: true },
    redact: ['*_key', 'internal_*'],
    report: { check: true, comment: true },
  }
  const made = await integrations.create({ ...draft, repository: 'acme/unreachable', rules })
  expect(made.rules).toEqual(rules)
})

it('never sends the credential of one host to another', async () => {
  const { integrations, connections } = scene()
  const { id } = await integrations.create({ ...draft, baseUrl: 'https://git.example.com' })
  for (const baseUrl of ['https://evil.example', null]) {
    await expect(integrations.update(id, { baseUrl })).rejects.toMatchObject({
      code: 'invalid-argument',
      problems: [expect.objectContaining({ path: 'credential' })],
    })
  }
  expect(connections).toMatchObject([{ baseUrl: 'https://git.example.com', credential: 'first' }])
  await integrations.update(id, { baseUrl: 'https://git.example.com', enabled: false })
  await integrations.update(id, { baseUrl: 'https://new.example.com', credential: 'second' })
  expect(connections.at(-1)).toMatchObject({ baseUrl: 'https://new.example.com', credential: 'second' })
})

it('clears a name, a base and a host by null', async () => {
  const { integrations } = scene()
  const { id } = await integrations.create({ ...draft, name: 'x', base: 'dev', baseUrl: 'https://git.example.com' })
  const cleared = await integrations.update(id, { name: null, base: null, baseUrl: null, credential: 'second' })
  expect(cleared).toMatchObject({ name: null, base: null, baseUrl: null, version: 2 })
})

it('does not keep the adapter of a change that was lost to another', async () => {
  const { integrations, connections, connect, store } = scene()
  const { id } = await integrations.create(draft)
  const changes = ['mine', 'yours'].map((credential) => integrations.update(id, { credential }))
  const won = (await Promise.allSettled(changes)).findIndex(({ status }) => status === 'fulfilled')
  const row = await store.integrations.get(id)
  if (!row) throw new Error('no row')
  await connect(row)
  expect(connections.at(-1)?.credential).toBe(['mine', 'yours'][won])
})
