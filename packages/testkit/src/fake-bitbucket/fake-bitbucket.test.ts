import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeBitbucket, fakeBitbucket } from './fake-bitbucket.ts'

const REPO = '/repositories/acme/prompts'
let fake: FakeBitbucket
let token: string
beforeEach(async () => {
  fake = await fakeBitbucket({ hourlyLimit: 40 })
  await fake.state.createRepository({
    workspace: 'acme',
    slug: 'prompts',
    permissions: { jane: 'write', joe: 'write' },
    restrictions: [{ kind: 'require_tasks_to_be_completed', pattern: 'main' }],
  })
  token = fake.state.createToken()
})
afterEach(() => fake.close())

async function ask(method: string, path: string, body?: object | FormData, credential = `Bearer ${token}`) {
  const form = body instanceof FormData
  const response = await fetch(path.startsWith('http') ? path : fake.url + path, {
    method,
    headers: {
      authorization: credential,
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    redirect: 'manual',
  })
  const text = await response.text()
  const json: Answer = JSON.parse(text.startsWith('{') ? text : '{}')
  return { status: response.status, headers: response.headers, text, json }
}

type Answer = Record<string, unknown> & { error: { message: string; detail: unknown; fields: unknown } }

function form(fields: Record<string, string>, files: Record<string, string> = {}): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  for (const [path, content] of Object.entries(files)) data.append(path, new Blob([content]), 'file')
  return data
}

const openOne = async (title = 'One', more: object = {}) => {
  await ask('POST', `${REPO}/src`, form({ branch: 'next' }, { '/a.md': title }))
  return ask('POST', `${REPO}/pullrequests`, { title, source: { branch: { name: 'next' } }, ...more })
}

test('commits by compare-and-swap: a new branch, the next commit, a stale parent, nothing new', async () => {
  const base = await fake.state.head('acme/prompts')
  const first = await ask(
    'POST',
    `${REPO}/src`,
    form({ branch: 'next', parents: base ?? '', message: 'One' }, { '/a/ü.md': 'one' }),
  )
  expect(first.status).toBe(201)
  const head = await fake.state.head('acme/prompts', 'next')
  expect(first.headers.get('location')).toBe(`${fake.url}${REPO}/commit/${head}`)
  expect(await fake.state.file('acme/prompts', 'a/ü.md', 'next')).toBe('one')
  expect(await fake.state.head('acme/prompts')).toBe(base)
  expect(
    (await ask('POST', `${REPO}/src`, form({ branch: 'next', parents: base ?? '' }, { '/a.md': 'x' }))).status,
  ).toBe(409)
  expect(
    (await ask('POST', `${REPO}/src`, form({ branch: 'next', parents: head ?? '' }, { '/a/ü.md': 'one' }))).status,
  ).toBe(304)
  const gone = form({ branch: 'next', files: '/README.md' }, { '/message': 'a file' })
  expect((await ask('POST', `${REPO}/src`, gone)).status).toBe(201)
  expect(Object.keys(await fake.state.files('acme/prompts', 'next'))).toEqual(['a/ü.md', 'message'])
  expect((await ask('POST', `${REPO}/src`, form({ branch: 'next', files: '/README.md' }))).status).toBe(400)
  expect((await ask('GET', `${REPO}/src/${head}/a/${encodeURIComponent('ü.md')}`)).text).toBe('one')
})

test('changes the open pull request without a word where a second one is opened', async () => {
  const first = await openOne('One', { description: 'seen <!-- unseen --> text' })
  expect(first.json).toMatchObject({ id: 1, description: 'seen  text', summary: { html: '<p>seen  text</p>' } })
  const second = await openOne('Two')
  expect([second.status, second.json.id, second.json.title]).toEqual([201, 1, 'Two'])
  const again = await ask('POST', `${REPO}/pullrequests`, { title: 'x', source: { branch: { name: 'main' } } })
  expect([again.status, again.json.error.message]).toEqual([400, 'There are no changes to be pulled'])
})

test('clears reviewers that an update does not name, and opens nothing that was declined', async () => {
  const { uuid } = fake.state.createUser('jane')
  await openOne('One', { reviewers: [{ uuid }] })
  expect((await fake.state.pullRequests('acme/prompts'))[0]?.reviewers).toEqual(['jane'])
  await ask('PUT', `${REPO}/pullrequests/1`, { title: 'One' })
  expect((await fake.state.pullRequests('acme/prompts'))[0]?.reviewers).toEqual([])
  const own = fake.state.createUser('pullwright-bot').uuid
  const refused = await ask('PUT', `${REPO}/pullrequests/1`, { title: 'One', reviewers: [{ uuid: own }] })
  expect(refused.json.error.fields).toEqual({ reviewers: [expect.stringContaining('is the author')] })
  await ask('POST', `${REPO}/pullrequests/1/decline`)
  expect((await ask('PUT', `${REPO}/pullrequests/1`, { title: 'x' })).status).toBe(400)
  expect((await openOne('Again')).json.id).toBe(2)
})

test('filters and turns pages', async () => {
  for (const name of ['a', 'b', 'c']) await fake.state.createBranch('acme/prompts', name)
  const q = encodeURIComponent('name = "a" OR (name ~ "B" AND name != "main")')
  const found = await ask('GET', `${REPO}/refs/branches?q=${q}`)
  expect((found.json.values as { name: string }[]).map(({ name }) => name)).toEqual(['a', 'b'])
  const page = await ask('GET', `${REPO}/refs/branches?pagelen=3`)
  expect(page.json).toMatchObject({ size: 4, pagelen: 3, page: 1 })
  const next = await ask('GET', String(page.json.next))
  expect(next.json.values).toHaveLength(1)
  expect(next.json).not.toHaveProperty('next')
  expect((await ask('GET', `${REPO}/refs/branches?q=nonsense`)).status).toBe(400)
})

test('merges at once or by a task, keeping merge checks', async () => {
  await openOne()
  const task = fake.state.addTask('acme/prompts', 1, 'jane', 'Look')
  expect((await ask('POST', `${REPO}/pullrequests/1/merge`, {})).json.error.message).toContain('unmet merge checks')
  await ask('PUT', `${REPO}/pullrequests/1/tasks/${task}`, { state: 'RESOLVED' })
  fake.state.setMerging({ asynchronous: true, pendingLooks: 1 })
  const begun = await ask('POST', `${REPO}/pullrequests/1/merge`, {
    merge_strategy: 'squash',
    close_source_branch: true,
  })
  const watch = begun.headers.get('location') ?? ''
  expect(begun.status).toBe(202)
  expect((await ask('GET', watch)).json).toMatchObject({ task_status: 'PENDING' })
  expect((await ask('GET', watch)).json).toMatchObject({ task_status: 'SUCCESS', merge_result: { state: 'MERGED' } })
  expect(await fake.state.branches('acme/prompts')).not.toHaveProperty('next')
  expect((await fake.state.commits('acme/prompts'))[0]?.parents).toHaveLength(1)
})

test('knows who asks: scopes, what they imply, wrong names, and the hour', async () => {
  const reader = fake.state.createToken({ scopes: ['pullrequest'] })
  expect((await ask('GET', REPO, undefined, `Bearer ${reader}`)).status).toBe(200)
  const refused = await ask('POST', `${REPO}/refs/branches`, {}, `Bearer ${reader}`)
  expect(refused.json.error.detail).toEqual({ required: ['repository:write'], granted: ['pullrequest'] })
  expect((await ask('GET', REPO, undefined, 'Bearer nonsense')).status).toBe(401)
  const password = fake.state.createToken({ kind: 'app-password' })
  const basic = (name: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
  expect((await ask('GET', REPO, undefined, basic('pullwright-bot'))).status).toBe(200)
  expect((await ask('GET', REPO, undefined, basic('jane'))).status).toBe(401)
  const stranger = fake.state.createToken({ user: 'stranger' })
  expect((await ask('GET', REPO, undefined, `Bearer ${stranger}`)).status).toBe(404)
  fake.state.setRemaining(token, 1)
  expect([(await ask('GET', REPO)).status, (await ask('GET', REPO)).status]).toEqual([200, 429])
})

test('refuses a long status key, and tells what Bitbucket would not have understood', async () => {
  const sha = await fake.state.head('acme/prompts')
  const status = { state: 'SUCCESSFUL', url: 'https://ci.example/1' }
  const path = `${REPO}/commit/${sha}/statuses/build`
  expect((await ask('POST', path, { ...status, key: 'k'.repeat(41) })).status).toBe(400)
  expect((await ask('POST', path, { ...status, key: 'k'.repeat(40) })).status).toBe(201)
  expect(fake.violations).toEqual([])
  await ask('POST', path, { ...status, key: 'k', context: 'github' })
  await ask('GET', `${REPO}/nowhere`)
  expect(fake.violations).toEqual([expect.stringContaining('no field context'), expect.stringContaining('/nowhere')])
})
