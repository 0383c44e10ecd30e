import type { CheckRun, Vcs } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { github } from '../src/index.ts'
import { openSetting, REPOSITORY, type Setting } from './setting.ts'

const HOUR = 3_600_000
let setting: Setting
let now: number
let app: Vcs
let head: string

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  setting = await openSetting({ private: true })
  app = adapter(setting.fake.state.createToken({ kind: 'installation' }))
  head = (await setting.fake.state.head(REPOSITORY)) ?? ''
  setting.sent()
})

afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await app.close?.()
  await setting.close()
})

const adapter = (token: string) =>
  github({ auth: { token }, baseUrl: setting.fake.url, clock: { now: () => now }, writeSpacingMs: 0 })

const check: CheckRun = { name: 'Deployment', state: 'success', title: 'Two changes', summary: 'All **good**' }
const runs = () => setting.fake.state.checkRuns(REPOSITORY)
const annotation = (line: number) => ({ path: 'a.json', line, level: 'warning' as const, message: `At ${line}` })

describe('a check', () => {
  it('is made once, edited after that, and left alone when equal', async () => {
    const made = await app.checks?.upsert(REPOSITORY, head, check)
    expect(made).toMatchObject({ outcome: 'created', as: 'check', url: expect.stringContaining('/runs/') })
    expect(setting.sent()).toHaveLength(2)
    expect(await app.checks?.upsert(REPOSITORY, head, check)).toEqual({ ...made, outcome: 'unchanged' })
    expect(setting.sent()).toEqual(['GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 'Viewer'])
    const worse: CheckRun = { ...check, state: 'failure', title: 'Blocked', url: 'https://host.test/1' }
    expect(await app.checks?.upsert(REPOSITORY, head, worse)).toEqual({ ...made, outcome: 'updated' })
    expect(setting.sent()).toHaveLength(2)
    expect(runs()).toMatchObject([
      { name: 'Deployment', status: 'COMPLETED', conclusion: 'FAILURE', title: 'Blocked', app: 'pullwright-bot[bot]' },
    ])
  })

  it('that still runs has no conclusion', async () => {
    await app.checks?.upsert(REPOSITORY, head, { ...check, state: 'in_progress' })
    expect(runs()).toMatchObject([{ status: 'IN_PROGRESS', conclusion: null }])
  })

  it('is cut at what GitHub takes', async () => {
    const long = { ...check, title: 't'.repeat(300), summary: '🙂'.repeat(70_000) }
    await app.checks?.upsert(REPOSITORY, head, long)
    const [run] = runs()
    expect([...(run?.summary ?? '')]).toHaveLength(65_535)
    expect([...(run?.title ?? '')]).toHaveLength(256)
  })

  it('brings as many annotations as there are, 50 in a request', async () => {
    const annotations = Array.from({ length: 120 }, (_, n) => annotation(n + 1))
    await app.checks?.upsert(REPOSITORY, head, { ...check, annotations })
    expect(setting.sent()).toHaveLength(4)
    expect(runs()[0]?.annotations.map(({ line }) => line)).toEqual(annotations.map(({ line }) => line))
    expect(await app.checks?.upsert(REPOSITORY, head, { ...check, annotations })).toMatchObject({
      outcome: 'unchanged',
    })
    // Others: GitHub takes none back, so a new run stands in the old one's place.
    const fewer = { ...check, annotations: [annotation(7)] }
    expect(await app.checks?.upsert(REPOSITORY, head, fewer)).toMatchObject({ outcome: 'updated' })
    expect(runs().at(-1)?.annotations).toMatchObject([{ path: 'a.json', line: 7, level: 'warning', message: 'At 7' }])
    // The same, under another title: they are not sent again.
    await app.checks?.upsert(REPOSITORY, head, { ...fewer, title: 'Other' })
    expect(runs().at(-1)).toMatchObject({ title: 'Other', annotations: [{ line: 7 }] })
    expect(await app.checks?.list(REPOSITORY, head)).toEqual([{ name: 'Deployment', state: 'success', url: null }])
  })

  it('that was cut short is written to its end', async () => {
    const annotations = Array.from({ length: 60 }, (_, n) => annotation(n + 1))
    setting.fake.fail({ match: { method: 'PATCH' }, times: 1, status: 400, body: { message: 'Bad' } })
    await expect(app.checks?.upsert(REPOSITORY, head, { ...check, annotations })).rejects.toMatchObject({
      code: 'invalid',
    })
    expect(await app.checks?.upsert(REPOSITORY, head, { ...check, annotations })).toMatchObject({ outcome: 'updated' })
    expect(runs().at(-1)?.annotations).toHaveLength(60)
  })

  it('of another app with our name and mark is not ours', async () => {
    const other = adapter(setting.fake.state.createToken({ kind: 'installation', user: 'other' }))
    await other.checks?.upsert(REPOSITORY, head, check)
    expect(await app.checks?.upsert(REPOSITORY, head, check)).toMatchObject({ outcome: 'created' })
    expect(runs().map((run) => run.app)).toEqual(['other[bot]', 'pullwright-bot[bot]'])
    await other.close?.()
  })
})

describe('without the permission for checks', () => {
  it('a status stands in, and that is remembered for an hour', async () => {
    const vcs = adapter(setting.token)
    const long = { ...check, title: 'x'.repeat(200), url: 'https://host.test/1' }
    expect(await vcs.checks?.upsert(REPOSITORY, head, long)).toMatchObject({ outcome: 'created', as: 'status' })
    expect(setting.fake.state.statuses(REPOSITORY)).toMatchObject([
      { context: 'Deployment', state: 'success', targetUrl: 'https://host.test/1' },
    ])
    setting.sent()
    expect(await vcs.checks?.upsert(REPOSITORY, head, long)).toMatchObject({ outcome: 'unchanged', as: 'status' })
    expect(setting.sent()).toEqual(['GET /repos/{owner}/{repo}/commits/{ref}/status'])
    now += HOUR + 1
    await vcs.checks?.upsert(REPOSITORY, head, { ...long, state: 'action_required' })
    expect(setting.sent()[0]).toBe('GET /repos/{owner}/{repo}/commits/{ref}/check-runs')
    expect(setting.fake.state.statuses(REPOSITORY).at(-1)).toMatchObject({ state: 'failure' })
    await vcs.close?.()
  })

  it('the other repositories of the same credential are asked for themselves', async () => {
    const token = setting.fake.state.createToken({ kind: 'installation', permissions: { contents: 'read' } })
    const vcs = adapter(token)
    await expect(vcs.checks?.upsert(REPOSITORY, head, check)).rejects.toMatchObject({ missing: ['statuses=read'] })
    setting.fake.state.setPermissions(token, { checks: 'write' })
    expect(await vcs.checks?.upsert(REPOSITORY, head, check)).toMatchObject({ as: 'check' })
    await vcs.close?.()
  })
})

describe('what has reported', () => {
  it('is listed over all pages, checks and statuses alike', async () => {
    const { state } = setting.fake
    for (let n = 0; n < 103; n++) await state.setStatus(REPOSITORY, { sha: head, context: `ci/${n}`, state: 'pending' })
    await state.setStatus(REPOSITORY, { sha: head, context: 'ci/0', state: 'error' })
    await app.checks?.upsert(REPOSITORY, head, { ...check, state: 'cancelled' })
    setting.sent()
    const all = (await app.checks?.list(REPOSITORY, head)) ?? []
    expect(setting.sent()).toEqual(['CheckRollup', 'CheckRollup'])
    expect(all).toHaveLength(104)
    expect(all).toContainEqual({ name: 'ci/0', state: 'failure', url: null })
    expect(all).toContainEqual({ name: 'Deployment', state: 'cancelled', url: null })
    await expect(app.checks?.list(REPOSITORY, 'f'.repeat(40))).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is the statuses alone where checks are hidden', async () => {
    await setting.fake.state.setStatus(REPOSITORY, { sha: head, context: 'ci', state: 'success' })
    setting.fake.fail({
      match: { operation: 'CheckRollup' },
      times: 1,
      graphqlErrors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by personal access token' }],
    })
    expect(await setting.vcs.checks?.list(REPOSITORY, head)).toEqual([{ name: 'ci', state: 'success', url: null }])
  })
})

describe('what is required', () => {
  it('comes from classic protection and from rulesets', async () => {
    expect(await setting.vcs.checks?.required(REPOSITORY, 'main')).toEqual(['ci/test'])
    expect(setting.sent()).toHaveLength(2)
    setting.fake.state.updateRepository(REPOSITORY, {
      protectedBranches: { main: { kind: 'ruleset', requiredChecks: ['lint', 'unit'], requiredApprovals: 2 } },
    })
    expect(await setting.vcs.checks?.required(REPOSITORY, 'main')).toEqual(['lint', 'unit'])
    expect(await setting.vcs.reviews?.required(REPOSITORY, 'main')).toBe(2)
    await expect(setting.vcs.checks?.required(REPOSITORY, 'gone')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is nothing where nothing is protected', async () => {
    setting.fake.state.updateRepository(REPOSITORY, { protectedBranches: {} })
    expect(await setting.vcs.checks?.required(REPOSITORY, 'main')).toEqual([])
    expect(await setting.vcs.reviews?.required(REPOSITORY, 'main')).toBe(0)
  })
})
