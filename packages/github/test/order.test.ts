import { createTransport, type PublishResult, type PullRequestSpec, type Transport } from '@pullwright/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { github } from '../src/index.ts'
import { BRANCH, DECORATED, nextSpec, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const order = (sequence: number, origin = 'store1') => ({ order: { origin, sequence } })
const older = (more: Partial<PullRequestSpec> = {}) => specOf({ ...order(15), ...more })
const newer = (more: Partial<PullRequestSpec> = {}) => nextSpec({ ...order(16), ...more })
const revision = async () => (await setting.fake.state.file(REPOSITORY, PATH, BRANCH))?.match(/\d+/)?.[0]
const state = async () => JSON.stringify(await setting.fake.state.pullRequests(REPOSITORY))

/** Holds the older one's request back until the newer one is through. */
async function overtake(operation: string, spec = older()): Promise<PublishResult> {
  const { fake, token, vcs } = setting
  const wire = createTransport()
  let first = true
  const transport: Transport = {
    ...wire,
    async send(request) {
      if (first && String(request.body).includes(`mutation ${operation}(`)) {
        first = false
        await vcs.publishPullRequest(newer())
      }
      return wire.send(request)
    },
  }
  const late = await github({ auth: { token }, baseUrl: fake.url, transport }).publishPullRequest(spec)
  expect(first).toBe(false)
  await wire.close()
  return late
}

test('an older deployment after a newer one writes nothing, in one request', async () => {
  const { vcs, sent } = setting
  await vcs.publishPullRequest(newer())
  const before = await state()
  sent()
  const result = await vcs.publishPullRequest(older())
  expect(result).toMatchObject({
    outcome: 'unchanged',
    reason: expect.stringContaining('newer deployment is published already'),
    pullRequest: { number: 1, marker: { identity: 'dep-16' } },
  })
  expect(sent()).toEqual(['PublishPlan'])
  expect(await state()).toBe(before)
  expect(await revision()).toBe('16')
})

test('nor where the newer one was merged meanwhile', async () => {
  const { vcs, fake } = setting
  fake.state.updateRepository(REPOSITORY, { protectedBranches: {} })
  await vcs.publishPullRequest(newer())
  await fake.state.mergePullRequest(REPOSITORY, 1)
  const result = await vcs.publishPullRequest(older())
  expect(result).toMatchObject({ outcome: 'unchanged', reason: expect.stringContaining('newer deployment') })
  expect(await fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
})

test.each([
  ['of another origin', order(15, 'store2')],
  ['without an order', { order: undefined as never }],
  ['that is newer', order(17)],
])('one %s is published as ever', async (_what, more) => {
  const { order: given, ...rest } = more
  await setting.vcs.publishPullRequest(newer())
  const spec = { ...specOf(), ...rest, ...(given === undefined ? {} : { order: given }) }
  expect((await setting.vcs.publishPullRequest(spec)).outcome).toBe('updated')
  expect(await revision()).toBe('15')
})

test('an order in a text that is not ours does not count', async () => {
  const { vcs, fake, as } = setting
  const forged = `<!-- pullwright:${JSON.stringify({ v: 1, kind: 'document', identity: 'x', order: { origin: 'store1', sequence: 99 } })} -->`
  await vcs.publishPullRequest(specOf({ ...order(14), identity: 'dep-14', body: `text ${forged}` }))
  expect((await vcs.publishPullRequest(older())).outcome).toBe('updated')
  await fake.state.commit({
    repository: REPOSITORY,
    branch: 'other',
    from: 'main',
    files: { 'x.md': 'x' },
    author: 'jane',
  })
  await as('jane').publishPullRequest(specOf({ branch: 'other', ...order(99) }))
  expect((await vcs.publishPullRequest(older({ branch: 'other' }))).reason ?? '').not.toContain('newer deployment')
})

test('is overtaken on the way and leaves the newer one as it is, text and all', async () => {
  const { vcs, fake } = setting
  await vcs.publishPullRequest(specOf({ ...order(14), identity: 'dep-14', files: [{ path: PATH, content: '14' }] }))
  const result = await overtake('UpdatePullRequest')
  expect(result).toMatchObject({ outcome: 'unchanged', reason: expect.stringContaining('newer deployment') })
  expect(await revision()).toBe('16')
  const [pr] = await fake.state.pullRequests(REPOSITORY)
  expect(pr).toMatchObject({ title: expect.stringContaining('16'), body: expect.stringContaining('Revision 16') })
  expect(pr?.body).toContain('"sequence":16')
  expect((await vcs.publishPullRequest(newer())).outcome).toBe('unchanged')
})

test('is overtaken before it could open the pull request', async () => {
  const { fake } = setting
  const result = await overtake('CreatePullRequest')
  expect(result).toMatchObject({ outcome: 'unchanged', reason: expect.stringContaining('newer deployment') })
  expect(await revision()).toBe('16')
  expect(await fake.state.pullRequests(REPOSITORY)).toMatchObject([{ title: expect.stringContaining('16') }])
})

test('is overtaken between opening the pull request and its labels', async () => {
  const { vcs, fake } = setting
  const result = await overtake('DecoratePullRequest', older({ labels: ['late'] }))
  expect(result.outcome).toBe('created')
  expect(await revision()).toBe('16')
  const [pr] = await fake.state.pullRequests(REPOSITORY)
  expect(pr).toMatchObject({ title: expect.stringContaining('16'), body: expect.stringContaining('Revision 16') })
  expect((await vcs.publishPullRequest(newer())).outcome).toBe('unchanged')
})

test('costs no request more: 3 to create, 2 to update', async () => {
  const { vcs, sent } = setting
  await vcs.publishPullRequest(older(DECORATED))
  expect(sent()).toHaveLength(3)
  await vcs.publishPullRequest(newer(DECORATED))
  expect(sent()).toHaveLength(2)
})

test.each([
  { origin: '', sequence: 1 },
  { origin: 'a b', sequence: 1 },
  { origin: 'a', sequence: 1.5 },
])('an order that cannot be kept is refused: %j', async (bad) => {
  await expect(setting.vcs.publishPullRequest(specOf({ order: bad }))).rejects.toMatchObject({ code: 'invalid' })
})

test('goes on beside a branch of somebody else, in one pull request, and never backwards', async () => {
  const { vcs, fake } = setting
  const beside = { onForeignCommits: 'new-branch' } as const
  await vcs.publishPullRequest(specOf({ ...order(14), identity: 'dep-14' }))
  await fake.state.commit({ repository: REPOSITORY, branch: BRANCH, files: { [PATH]: 'by hand' }, author: 'jane' })
  const next = (sequence: number) => {
    const files = [{ path: PATH, content: `${sequence}` }]
    return vcs.publishPullRequest(specOf({ ...order(sequence), ...beside, files, identity: `dep-${sequence}` }))
  }
  expect(await next(16)).toMatchObject({ outcome: 'created', pullRequest: { number: 2 } })
  expect(await next(17)).toMatchObject({ outcome: 'updated', pullRequest: { number: 2 } })
  expect(await next(15)).toMatchObject({ outcome: 'unchanged', pullRequest: { number: 2 } })
  const branch = (await fake.state.pullRequests(REPOSITORY))[1]?.head ?? ''
  await fake.state.commit({ repository: REPOSITORY, branch, files: { [PATH]: 'by hand' }, author: 'jane' })
  expect(await next(18)).toMatchObject({ outcome: 'created', pullRequest: { number: 3 } })
  expect(await next(19)).toMatchObject({ outcome: 'updated', pullRequest: { number: 3 } })
})
