import { createTransport, type Transport } from '@pullwright/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BRANCH, nextSpec, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting({ ci: false, onlyAllowMergeIfPipelineSucceeds: false })
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const commitAs = (files: Record<string, string>, branch = BRANCH) =>
  setting.fake.state.commitAs({ project: REPOSITORY, branch, files })

test('goes on beside the work of a person who left our files alone', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  await commitAs({ 'notes.md': 'mine' })
  expect(await vcs.publishPullRequest(nextSpec())).toMatchObject({ outcome: 'updated' })
  expect(await fake.state.file(REPOSITORY, 'notes.md', BRANCH)).toBe('mine')
})

test('writes nothing over a file of ours that a person changed', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  await commitAs({ [PATH]: 'mine' })
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result).toMatchObject({
    outcome: 'conflict',
    reason: expect.stringMatching(/jane changed .*production\.json/),
  })
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('mine')
})

/** An adapter before whose first commit somebody does something. */
function interrupted(work: () => Promise<unknown>) {
  const wire = createTransport()
  let done = false
  const send: Transport['send'] = async (request) => {
    const commits = request.method === 'POST' && request.url.endsWith('/repository/commits')
    if (commits && !done) {
      done = true
      await work()
    }
    return wire.send(request)
  }
  return setting.as('pullwright-bot', { transport: { ...wire, send } })
}

test('a file that a person changes between our look and our write is not overwritten', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  sent()
  const result = await interrupted(() => commitAs({ [PATH]: 'mine' })).publishPullRequest(nextSpec())
  expect(sent()).toEqual(['PublishPlan', 'POST commits', 'PublishPlan'])
  expect(result).toMatchObject({ outcome: 'conflict', reason: expect.stringMatching(/jane changed/) })
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('mine')
})

test('a commit that comes between our look and our write stays', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  await interrupted(() => commitAs({ 'notes.md': 'mine' })).publishPullRequest(nextSpec())
  expect(await fake.state.files(REPOSITORY, BRANCH)).toMatchObject({
    'notes.md': 'mine',
    [PATH]: '{ "revision": 16 }\n',
  })
})

test('a branch that somebody makes between our look and our write is looked at afresh', async () => {
  const { fake } = setting
  const result = await interrupted(() => commitAs({ 'theirs.md': 'x' })).publishPullRequest(specOf())
  expect(result).toMatchObject({ outcome: 'conflict', reason: expect.stringMatching(/Jane committed to it/) })
  expect(Object.keys(await fake.state.files(REPOSITORY, BRANCH))).toEqual(['README.md', 'theirs.md'])
})

test('a branch that changes at every look is a conflict after one fresh read', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  fake.fail({
    match: { operation: 'POST /projects/:id/repository/commits' },
    status: 400,
    body: { message: 'You are attempting to update a file that has changed since you started editing it.' },
  })
  sent()
  const result = await vcs.publishPullRequest(nextSpec())
  expect(sent()).toEqual(['PublishPlan', 'POST commits', 'PublishPlan', 'POST commits'])
  expect(result).toMatchObject({ outcome: 'conflict', reason: expect.stringMatching(/at the same time, twice/) })
})

test('the last revision of each file goes with the commit, so that GitLab refuses a stale one', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf())
  await vcs.publishPullRequest(nextSpec())
  const sent = fake.requests.filter((one) => one.operations[0] === 'POST /projects/:id/repository/commits').at(-1)
  expect(JSON.parse(sent?.body ?? '').actions).toMatchObject([{ action: 'update', last_commit_id: first.commit }])
})

test('goes beside a branch that is not ours, and finds its own again', async () => {
  const { fake, vcs } = setting
  await commitAs({ 'theirs.md': 'x' })
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({ outcome: 'conflict' })
  const beside = { onForeignCommits: 'new-branch' as const }
  const first = await vcs.publishPullRequest(specOf(beside))
  expect(first.pullRequest?.branch).toMatch(/^pullwright\/support-bot\/production-[0-9a-f]{8}$/)
  const second = await vcs.publishPullRequest(nextSpec(beside))
  expect(second).toMatchObject({ outcome: 'updated', pullRequest: { number: first.pullRequest?.number } })
  expect(fake.state.mergeRequests(REPOSITORY)).toHaveLength(1)
})

test('opens a new merge request after a merge, and after a close', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  await fake.state.merge(REPOSITORY, 1, { removeSourceBranch: false })
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({
    outcome: 'unchanged',
    pullRequest: { state: 'merged' },
  })
  expect(await vcs.publishPullRequest(nextSpec())).toMatchObject({ outcome: 'created', pullRequest: { number: 2 } })
  fake.state.close(REPOSITORY, 2)
  const third = await vcs.publishPullRequest(nextSpec())
  expect(third).toMatchObject({ outcome: 'created', pullRequest: { number: 3 } })
})

test('takes up a branch that a run left without a merge request', async () => {
  const { fake, vcs } = setting
  fake.fail({ match: { operation: 'POST /projects/:id/merge_requests' }, status: 502, times: 1 })
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({ code: 'unavailable' })
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({
    outcome: 'created',
    steps: { branch: { status: 'already' }, commit: { status: 'already' } },
  })
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(2)
})

test('leaves no branch behind where the merge request is refused for good', async () => {
  const { fake, vcs } = setting
  fake.fail({
    match: { operation: 'POST /projects/:id/merge_requests' },
    status: 403,
    body: { message: '403 Forbidden' },
    times: 1,
  })
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({
    code: 'permission',
    missing: ['role: Developer'],
  })
  expect(await fake.state.branches(REPOSITORY)).toEqual(['main'])
})

test('publishes of one branch at the same time end in one merge request', async () => {
  const { fake, vcs, as } = setting
  const other = as('pullwright-bot')
  const results = await Promise.all([
    vcs.publishPullRequest(specOf()),
    vcs.publishPullRequest(specOf()),
    other.publishPullRequest(specOf()),
  ])
  expect(fake.state.mergeRequests(REPOSITORY)).toHaveLength(1)
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({ outcome: 'unchanged' })
})

test('an older deployment that comes late changes nothing', async () => {
  const { vcs } = setting
  await vcs.publishPullRequest(nextSpec({ order: { origin: 'store', sequence: 16 } }))
  const late = await vcs.publishPullRequest(specOf({ order: { origin: 'store', sequence: 15 } }))
  expect(late).toMatchObject({ outcome: 'unchanged', reason: 'A newer deployment is published already.' })
})

test('says which branch is missing, and which name cannot stand beside another', async () => {
  const { vcs } = setting
  await expect(vcs.publishPullRequest(specOf({ base: 'gone' }))).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/base branch "gone" does not exist/),
  })
  await commitAs({ 'x.md': 'x' }, 'pullwright')
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({ code: 'invalid' })
  await expect(vcs.publishPullRequest(specOf({ branch: 'a'.repeat(40) }))).rejects.toMatchObject({ code: 'invalid' })
})

test('writes to one branch go one after the other, and another branch does not wait', async () => {
  const { vcs, sent } = setting
  const numbered = (n: number) => nextSpec({ identity: `n-${n}`, files: [{ path: PATH, content: `${n}` }] })
  await Promise.all([1, 2, 3].map((n) => vcs.publishPullRequest(numbered(n))))
  const update = ['PublishPlan', 'POST commits', 'PUT merge_requests/:iid']
  expect(sent()).toEqual(['PublishPlan', 'POST commits', 'POST merge_requests', ...update, ...update])
  setting.fake.fail({ match: ({ body }) => body.includes('"branch":"slow"'), hangMs: 60_000, times: 1 })
  const stopped = new AbortController()
  const slow = vcs.publishPullRequest(nextSpec({ branch: 'slow' }), { signal: stopped.signal })
  expect((await vcs.publishPullRequest(nextSpec({ branch: 'quick' }))).outcome).toBe('created')
  stopped.abort()
  await expect(slow).rejects.toThrow()
})
