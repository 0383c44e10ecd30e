import { verifyWebhook } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { REPOSITORY, type TestClient, testClient } from './test-client.ts'

const R = `/repos/${REPOSITORY}`
let client: TestClient
let sha: string

beforeEach(async () => {
  client = await testClient()
  sha = (await client.gh.state.head(REPOSITORY)) ?? ''
})

afterEach(async () => {
  expect(client.gh.violations).toEqual([])
  await client.gh.close()
})

const as = (user: string) => {
  const token = client.gh.state.createToken({ kind: 'installation', user })
  return (method: string, path: string, body?: unknown) =>
    client.rest(method, path, body, { authorization: `Bearer ${token}` })
}
const output = (annotations: number) => ({
  title: 'T',
  summary: 'S',
  annotations: Array.from({ length: annotations }, (_, n) => ({
    ...{ path: 'a.md', start_line: n + 1, end_line: n + 1, annotation_level: 'warning', message: 'm' },
  })),
})

describe('check runs', () => {
  it('are edited by their own app only, and gather annotations', async () => {
    const [ours, theirs] = [as('ours'), as('theirs')]
    const made = await ours('POST', `${R}/check-runs`, { name: 'ci', head_sha: sha, output: output(2) })
    expect(made.body).toMatchObject({ status: 'queued', conclusion: null, app: { slug: 'ours' } })
    const path = `${R}/check-runs/${made.body.id}`
    const done = await ours('PATCH', path, { conclusion: 'success', output: output(1) })
    expect(done.body).toMatchObject({ status: 'completed', conclusion: 'success', output: { annotations_count: 3 } })
    expect((await ours('GET', `${path}/annotations`)).body).toHaveLength(3)
    expect((await ours('GET', path)).status).toBe(200)
    const refused = await theirs('PATCH', path, { conclusion: 'failure' })
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('Invalid app_id')])
    expect((await ours('PATCH', path, { output: output(51) })).status).toBe(422)
    const long = { ...output(0), summary: 'x'.repeat(65_536) }
    expect((await ours('PATCH', path, { output: long })).status).toBe(422)
    // GitHub's document knows both limits too.
    expect(client.gh.violations.splice(0)).toEqual([
      expect.stringContaining('50 items'),
      expect.stringContaining('65535 characters'),
    ])
  })

  it('of one app and name count by the newest', async () => {
    const ours = as('ours')
    for (const conclusion of ['failure', 'success']) {
      await ours('POST', `${R}/check-runs`, { name: 'ci', head_sha: sha, conclusion })
    }
    const list = `${R}/commits/${sha}/check-runs`
    expect((await ours('GET', list)).body).toMatchObject({ total_count: 1, check_runs: [{ conclusion: 'success' }] })
    expect((await ours('GET', `${list}?filter=all`)).body.total_count).toBe(2)
  })
})

describe('deployments', () => {
  it('end those before them in an environment that is no production, unless told not to', async () => {
    const { rest, gh } = client
    const make = async (auto_inactive?: boolean) => {
      const about = { ref: 'main', environment: 'staging', auto_merge: false, required_contexts: [] }
      const { body } = await rest('POST', `${R}/deployments`, about)
      const status = { state: 'success', ...(auto_inactive === undefined ? {} : { auto_inactive }) }
      await rest('POST', `${R}/deployments/${body.id}/statuses`, status)
    }
    const states = () => gh.state.deployments(REPOSITORY).map(({ statuses }) => statuses.at(-1)?.state)
    await make()
    await make(false)
    expect(states()).toEqual(['success', 'success'])
    await make()
    expect(states()).toEqual(['inactive', 'inactive', 'success'])
  })
})

describe('issues', () => {
  it('cannot be opened where they are switched off', async () => {
    client.gh.state.updateRepository(REPOSITORY, { hasIssues: false })
    expect((await client.rest('POST', `${R}/issues`, { title: 'T' })).status).toBe(410)
  })

  it('belong to whoever opened them', async () => {
    client.gh.state.openIssue(REPOSITORY, { title: 'Theirs', by: 'ann' })
    await client.rest('POST', `${R}/issues`, { title: 'Ours' })
    const query = `query { repository(owner: "acme", name: "prompts") { issues(first: 5, states: [OPEN]) {
      nodes { title viewerDidAuthor } } } }`
    const { data } = await client.graphql(query)
    expect(data.repository.issues.nodes).toEqual([
      { title: 'Theirs', viewerDidAuthor: false },
      { title: 'Ours', viewerDidAuthor: true },
    ])
  })
})

it('a delivery is signed over its bytes', async () => {
  const secret = 's'.repeat(24)
  await client.gh.state.commit({ repository: REPOSITORY, branch: 'topic', files: { a: 'a' } })
  const { number } = await client.gh.state.openPullRequest(REPOSITORY, { head: 'topic' })
  const about = { repository: REPOSITORY, secret, number, by: 'ann' }
  const { headers, body } = await client.gh.state.delivery('pull_request', { ...about, action: 'opened' })
  expect(verifyWebhook('github', { secrets: secret, headers, body: Buffer.from(body) })).toMatchObject({ ok: true })
  expect(verifyWebhook('github', { secrets: 'x'.repeat(24), headers, body: Buffer.from(body) }).ok).toBe(false)
  expect(headers).toMatchObject({ 'x-github-event': 'pull_request', 'x-github-delivery': expect.any(String) })
  expect(JSON.parse(body)).toMatchObject({ action: 'opened', number, sender: { login: 'ann' } })
})
