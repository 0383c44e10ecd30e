import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeGitHub } from './fake-github.ts'
import { gitHubFaults } from './faults.ts'
import { REPOSITORY, type TestClient, testClient } from './test-client.ts'

const R = `/repos/${REPOSITORY}`
let client: TestClient

beforeEach(async () => {
  client = await testClient()
})

afterEach(async () => {
  await client.gh.close()
})

describe('faults', () => {
  it('answer as GitHub does when too much was asked at once', async () => {
    client.gh.fail({ ...gitHubFaults.secondaryLimit(30), times: 1 })
    const answer = await client.rest('GET', R)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(answer.body.message).toMatch(/^You have exceeded a secondary rate limit/)
    expect((await client.rest('GET', R)).status).toBe(200)
  })

  it('tell of a used-up hour in both APIs', async () => {
    const { gh, token, rest, graphql } = client
    const resetAt = Date.now() + 60_000
    gh.state.setRateLimit(token, { remaining: 1, resetAt })
    const last = await rest('GET', R)
    expect([last.status, last.headers.get('x-ratelimit-remaining')]).toEqual([200, '0'])
    const over = await rest('GET', R)
    expect(over.status).toBe(403)
    expect(over.headers.get('x-ratelimit-reset')).toBe(String(Math.ceil(resetAt / 1000)))
    expect(over.body.message).toMatch(/^API rate limit exceeded for user ID/)
    expect((await rest('GET', '/rate_limit')).body.rate).toMatchObject({ limit: 5000, remaining: 0 })
    gh.state.setRateLimit(token, { resource: 'graphql', remaining: 0 })
    const answer = await graphql('{ viewer { login } }')
    expect([answer.status, answer.data, answer.errors[0]?.type]).toEqual([200, undefined, 'RATE_LIMITED'])
    expect(answer.headers.get('x-ratelimit-resource')).toBe('graphql')
  })

  it('drop the connection, hang, or break the answer', async () => {
    const { gh, rest } = client
    gh.fail({ reset: true, times: 1 })
    await expect(rest('GET', R)).rejects.toThrow()
    gh.fail({ hangMs: 5, times: 1 })
    await expect(rest('GET', R)).rejects.toThrow()
    gh.fail({ ...gitHubFaults.badGateway(), times: 1 })
    expect(await rest('GET', R)).toMatchObject({ status: 502, body: expect.stringContaining('<html>') })
    expect(gh.requests.map((request) => request.status)).toEqual([null, null, 502])
  })

  it('come after the work, so that the client cannot know', async () => {
    const { gh, rest } = client
    gh.fail({ match: { operation: 'POST /repos/{owner}/{repo}/labels' }, afterEffect: true, reset: true, times: 1 })
    await expect(rest('POST', `${R}/labels`, { name: 'made' })).rejects.toThrow()
    expect(gh.state.labels(REPOSITORY).map((label) => label.name)).toContain('made')
  })

  it('hit one root field and leave the others alone', async () => {
    const { gh, graphql } = client
    const make = (name: string, id: string) =>
      `${name}: createLabel(input: { repositoryId: "${id}", name: "${name}", color: "ededed" }) { label { name } }`
    const { data } = await graphql('{ repository(owner: "acme", name: "prompts") { id } }')
    const id = data.repository.id
    const handle = gh.fail({
      field: 'createLabel',
      graphqlErrors: [{ type: 'UNPROCESSABLE', message: 'No.' }],
      times: 1,
    })
    const answer = await graphql(
      `mutation { ${make('one', id)} addComment(input: { subjectId: "x", body: "y" }) { clientMutationId } }`,
    )
    expect(answer.errors).toMatchObject([
      { type: 'UNPROCESSABLE', path: ['one'], message: 'No.' },
      { type: 'NOT_FOUND', path: ['addComment'] },
    ])
    expect(handle.hits).toBe(1)
    expect((await graphql(`mutation { ${make('two', id)} }`)).errors).toEqual([])
    expect(gh.violations).toEqual([])
  })
})

describe('what people do', () => {
  it('moves pull requests along with their branches', async () => {
    const { gh } = client
    await gh.state.commit({ repository: REPOSITORY, branch: 'topic', files: { 'a.md': '1' } })
    await gh.state.openPullRequest(REPOSITORY, { head: 'topic', title: 'T' })
    const oid = await gh.state.commit({
      repository: REPOSITORY,
      branch: 'topic',
      files: { 'a.md': '2' },
      author: 'ann',
    })
    expect(await gh.state.pullRequest(REPOSITORY, 1)).toMatchObject({ headOid: oid, author: 'octocat', state: 'open' })
    await gh.state.deleteBranch(REPOSITORY, 'topic')
    expect((await gh.state.pullRequest(REPOSITORY, 1)).state).toBe('closed')
  })

  it.each(['MERGE', 'SQUASH', 'REBASE'] as const)('merges by %s', async (method) => {
    const { gh } = client
    await gh.state.commit({ repository: REPOSITORY, branch: 'topic', files: { 'a.md': '1' } })
    await gh.state.commit({ repository: REPOSITORY, branch: 'topic', files: { 'b.md': '2' } })
    await gh.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'c.md': '3' } })
    await gh.state.openPullRequest(REPOSITORY, { head: 'topic' })
    const oid = await gh.state.mergePullRequest(REPOSITORY, 1, { method })
    const [head] = await gh.state.commits(REPOSITORY)
    expect([head?.oid, head?.parents.length]).toEqual([oid, method === 'MERGE' ? 2 : 1])
    expect(Object.keys(await gh.state.files(REPOSITORY))).toEqual(['README.md', 'a.md', 'b.md', 'c.md', 'docs/a.md'])
    expect(await gh.state.pullRequest(REPOSITORY, 1)).toMatchObject({ state: 'merged', mergeCommit: oid })
  })

  it('cannot merge what conflicts', async () => {
    const { gh } = client
    await gh.state.commit({ repository: REPOSITORY, branch: 'topic', files: { 'README.md': 'mine' } })
    await gh.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'README.md': 'theirs' } })
    await gh.state.openPullRequest(REPOSITORY, { head: 'topic' })
    await expect(gh.state.mergePullRequest(REPOSITORY, 1)).rejects.toThrow('Pull Request is not mergeable')
    expect((await client.rest('GET', `${R}/pulls/1`)).body).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
    })
  })
})

describe('the folder', () => {
  it('is removed with a fake that made it, and left where it was given', async () => {
    const own = client.gh.state.gitDirectory(REPOSITORY)
    await client.gh.close()
    expect(existsSync(own)).toBe(false)
    const directory = await mkdtemp(join(tmpdir(), 'fake-github-test-'))
    try {
      const path = join(directory, 'quickstart', 'repo.git')
      const gh = await fakeGitHub({ directory })
      await gh.state.createRepository({ owner: 'acme', name: 'prompts', path })
      await gh.close()
      expect(existsSync(join(path, 'HEAD'))).toBe(true)
      const again = await fakeGitHub({ directory })
      await expect(again.state.createRepository({ owner: 'acme', name: 'prompts', path })).rejects.toThrow(
        'is not empty',
      )
      await again.close()
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

describe('limits on writing', () => {
  it('are kept when asked for: 80 a minute', async () => {
    await client.gh.close()
    let now = 1_760_000_000_000
    client = await testClient({ secondaryLimits: true, clock: { now: () => now } })
    const write = () => client.rest('POST', `${R}/issues/1/comments`, { body: 'x' })
    const statuses = new Set<number>()
    for (let n = 0; n < 80; n++) statuses.add((await write()).status)
    expect([...statuses]).toEqual([404])
    now += 20_000
    const over = await write()
    expect([over.status, over.headers.get('retry-after')]).toEqual([403, '40'])
    expect((await client.rest('GET', R)).status).toBe(200)
    now += 40_000
    expect((await write()).status).toBe(404)
  })
})
