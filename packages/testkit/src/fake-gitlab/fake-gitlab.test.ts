import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeGitLab, fakeGitLab } from './fake-gitlab.ts'

let gitlab: FakeGitLab
let token: string
beforeEach(async () => {
  gitlab = await fakeGitLab()
  await gitlab.state.createProject({
    path: 'acme/tools/prompts',
    files: { 'a.md': 'a\n' },
    members: { jane: 'developer', rita: 'reporter' },
  })
  token = gitlab.state.createToken()
})
afterEach(() => gitlab.close())

const PROJECT = '/projects/acme%2Ftools%2Fprompts'

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${gitlab.url}/api/v4${path}`, {
    method,
    headers: { 'private-token': token, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer: Answer = text === '' ? null : JSON.parse(text)
  return { status: response.status, headers: response.headers, body: answer }
}

/** What is read of answers here: of a merge request, of a refusal, of a list. */
type Answer = { sha: string; message: unknown; error: string; error_description: string } & unknown[]

function commit(changes: Record<string, unknown> = {}) {
  return call('POST', `${PROJECT}/repository/commits`, {
    branch: 'topic',
    start_branch: 'main',
    commit_message: 'Change',
    actions: [{ action: 'update', file_path: 'a.md', content: 'b\n' }],
    ...changes,
  })
}

function open(changes: Record<string, unknown> = {}) {
  const body = { source_branch: 'topic', target_branch: 'main', title: 'Change', ...changes }
  return call('POST', `${PROJECT}/merge_requests`, body)
}

test('makes a branch and a commit in one, and refuses to do so twice', async () => {
  const first = await commit()
  expect(first).toMatchObject({ status: 201, body: { message: 'Change' } })
  expect(await gitlab.state.file('acme/tools/prompts', 'a.md', 'topic')).toBe('b\n')
  expect(await commit()).toMatchObject({
    status: 400,
    body: { message: "A branch called 'topic' already exists. Switch to that branch in order to make changes" },
  })
})

test('refuses what does not fit the files that are there', async () => {
  const action = (changes: object) => commit({ actions: [{ file_path: 'a.md', content: 'x', ...changes }] })
  expect((await action({ action: 'create' })).body.message).toBe('A file with this name already exists')
  expect((await action({ action: 'update', file_path: 'b' })).body.message).toBe("A file with this name doesn't exist")
  const stale = await action({ action: 'update', last_commit_id: '0'.repeat(40) })
  expect(stale.body.message).toMatch(/has changed since you started editing it/)
  expect(await gitlab.state.branches('acme/tools/prompts')).toEqual(['main'])
})

test('opens one merge request for a branch and makes labels on the fly', async () => {
  await commit()
  const opened = await open({ labels: 'deployment,production', title: 'Draft: Change' })
  expect(opened).toMatchObject({ status: 201, body: { iid: 1, draft: true, labels: ['deployment', 'production'] } })
  expect(await open()).toMatchObject({
    status: 409,
    body: { message: ['Another open merge request already exists for this source branch: !1'] },
  })
})

test('merges at the head that was looked at, by whoever may', async () => {
  await commit()
  const { sha } = (await open()).body
  const merge = (body: unknown) => call('PUT', `${PROJECT}/merge_requests/1/merge`, body)
  expect(await merge({ sha: '0'.repeat(40) })).toMatchObject({ status: 409 })
  gitlab.state.changeProject('acme/tools/prompts', {
    protectedBranches: [{ name: 'main', push: 'none', merge: 'maintainer' }],
  })
  expect(await merge({ sha })).toMatchObject({ status: 401 })
  gitlab.state.setRole('acme/tools/prompts', 'pullwright-bot', 'maintainer')
  expect(await merge({ sha })).toMatchObject({ status: 200, body: { state: 'merged' } })
  expect(await gitlab.state.file('acme/tools/prompts', 'a.md')).toBe('b\n')
  expect(await merge({ sha })).toMatchObject({ status: 405 })
})

test('lets auto-merge wait for the pipeline, but not before it has looked at the merge request', async () => {
  gitlab.state.changeProject('acme/tools/prompts', { ci: true, checkingTries: 1 })
  await commit()
  const { sha } = (await open()).body
  const merge = () => call('PUT', `${PROJECT}/merge_requests/1/merge`, { auto_merge: true, sha })
  expect(await merge()).toMatchObject({ status: 405, body: { message: '405 Method Not Allowed' } })
  expect(await merge()).toMatchObject({ status: 200, body: { state: 'opened', merge_when_pipeline_succeeds: true } })
  await gitlab.state.finishPipeline('acme/tools/prompts', sha)
  expect(gitlab.state.mergeRequests('acme/tools/prompts')[0]?.state).toBe('merged')
})

test('answers pages by number and by key', async () => {
  for (const n of [1, 2, 3]) await call('POST', `${PROJECT}/issues`, { title: `Issue ${n}` })
  const page = await call('GET', `${PROJECT}/issues?per_page=2`)
  expect([page.body.length, page.headers.get('x-next-page'), page.headers.get('x-total')]).toEqual([2, '2', '3'])
  const keyset = await call('GET', `${PROJECT}/issues?per_page=2&pagination=keyset&order_by=id`)
  const next = /<([^>]+)>; rel="next"/.exec(keyset.headers.get('link') ?? '')?.[1] ?? ''
  const rest = await fetch(next, { headers: { 'private-token': token } })
  expect(((await rest.json()) as unknown[]).length).toBe(1)
})

test('tells tokens that are unknown, over, revoked and narrow apart', async () => {
  const asked = (value: string) => call('GET', PROJECT, undefined, { 'private-token': value })
  expect(await asked('wrong')).toMatchObject({ status: 401, body: { message: '401 Unauthorized' } })
  expect((await asked(gitlab.state.createToken({ expiresAt: 1 }))).body.error_description).toMatch(/expired/)
  const revoked = gitlab.state.createToken()
  gitlab.state.revokeToken(revoked)
  expect((await asked(revoked)).body.error_description).toMatch(/revoked/)
  expect((await asked(gitlab.state.createToken({ scopes: ['read_user'] }))).body.error).toBe('insufficient_scope')
  const stranger = gitlab.state.createToken({ user: 'mallory' })
  expect(await asked(stranger)).toMatchObject({ status: 404, body: { message: '404 Project Not Found' } })
  token = gitlab.state.createToken({ user: 'rita' })
  expect(await commit()).toMatchObject({ status: 403, body: { message: '403 Forbidden' } })
})

test('takes a bearer token, and tells whose it is and when it ends', async () => {
  const oauth = gitlab.state.createToken({ kind: 'oauth', user: 'jane' })
  const response = await fetch(`${gitlab.url}/api/v4/user`, { headers: { authorization: `Bearer ${oauth}` } })
  expect(await response.json()).toMatchObject({ username: 'jane' })
  token = gitlab.state.createToken({ expiresAt: Date.UTC(2999, 0, 2) })
  expect((await call('GET', '/personal_access_tokens/self')).body).toMatchObject({
    expires_at: '2999-01-02',
    scopes: ['api'],
  })
})

test('answers 429 with Retry-After once the minute is used up', async () => {
  const strict = await fakeGitLab({ requestsPerMinute: 1 })
  await strict.state.createProject({ path: 'a/b' })
  const headers = { 'private-token': strict.state.createToken() }
  await fetch(`${strict.url}/api/v4/projects/a%2Fb`, { headers })
  const second = await fetch(`${strict.url}/api/v4/projects/a%2Fb`, { headers })
  expect([second.status, second.headers.get('ratelimit-remaining')]).toEqual([429, '0'])
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
  await strict.close()
})

test('notes what no GitLab would have understood', async () => {
  await commit({ commitMessage: 'wrong' })
  await call('GET', '/nowhere')
  expect(gitlab.violations).toHaveLength(2)
})
