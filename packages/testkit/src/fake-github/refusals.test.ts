import { createSign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { REPOSITORY, type TestClient, testClient } from './test-client.ts'

const R = `/repos/${REPOSITORY}`
const HOUR = 3_600_000
let now: number
let client: TestClient

beforeEach(async () => {
  now = 1_760_000_000_000
  client = await testClient({ clock: { now: () => now } })
})

afterEach(async () => {
  await client.gh.close()
})

const as = (token: string) => ({ authorization: `Bearer ${token}` })

async function open(branch = 'topic') {
  await client.gh.state.commit({ repository: REPOSITORY, branch, files: { [`${branch}.md`]: 'x\n' } })
  return client.rest('POST', `${R}/pulls`, { title: 'T', head: branch, base: 'main' })
}

describe('who may do what', () => {
  it('is nobody with a wrong, revoked or expired token', async () => {
    const { gh, rest, token } = client
    const expiring = gh.state.createToken({ expiresAt: now + 1000 })
    const bad = { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' }
    expect(await rest('GET', R, undefined, as('nope'))).toMatchObject({ status: 401, body: bad })
    const before = await rest('GET', R, undefined, as(expiring))
    expect(before.headers.get('github-authentication-token-expiration')).toBe('2025-10-09 08:53:21 UTC')
    now += 2000
    expect((await rest('GET', R, undefined, as(expiring))).status).toBe(401)
    gh.state.revokeToken(token)
    expect((await rest('GET', R)).status).toBe(401)
    expect((await client.graphql('{ viewer { login } }')).status).toBe(401)
  })

  it('does not tell a hidden repository from a missing one', async () => {
    const { gh, rest, graphql } = client
    await gh.state.createRepository({ owner: 'acme', name: 'other', private: true })
    const narrow = gh.state.createToken({ user: 'narrow', repositories: ['acme/other'] })
    const hidden = await rest('GET', R, undefined, as(narrow))
    const missing = await rest('GET', '/repos/acme/nope', undefined, as(narrow))
    expect(hidden.status).toBe(404)
    expect(hidden.body).toEqual(missing.body)
    const { data, errors } = await graphql('{ repository(owner: "acme", name: "prompts") { id } }', {}, narrow)
    expect(data).toEqual({ repository: null })
    expect(errors).toMatchObject([
      {
        type: 'NOT_FOUND',
        path: ['repository'],
        message: "Could not resolve to a Repository with the name 'acme/prompts'.",
      },
    ])
  })

  it('names the permission that a token lacks', async () => {
    const { gh, rest, graphql } = client
    const reader = gh.state.createToken({ permissions: { contents: 'read' } })
    const answer = await rest('POST', `${R}/pulls`, { title: 'T', head: 'x', base: 'main' }, as(reader))
    expect(answer).toMatchObject({ status: 403, body: { message: 'Resource not accessible by personal access token' } })
    expect(answer.headers.get('x-accepted-github-permissions')).toBe('pull_requests=write')
    const { data } = await graphql('{ repository(owner: "acme", name: "prompts") { id } }')
    const create = `mutation($id: ID!) { createPullRequest(input: { repositoryId: $id, baseRefName: "main", headRefName: "x", title: "T" }) { pullRequest { id } } }`
    expect((await graphql(create, { id: data.repository.id }, reader)).errors).toMatchObject([
      { type: 'FORBIDDEN', message: 'Resource not accessible by personal access token' },
    ])
  })

  it('leaves checks to apps', async () => {
    const sha = await client.gh.state.head(REPOSITORY)
    const body = { name: 'ci', head_sha: sha, conclusion: 'success', status: 'completed' }
    const pat = await client.rest('POST', `${R}/check-runs`, body)
    expect(pat).toMatchObject({ status: 403, body: { message: 'Resource not accessible by personal access token' } })
    const app = client.gh.state.createToken({ kind: 'installation', user: 'pullwright' })
    expect((await client.rest('POST', `${R}/check-runs`, body, as(app))).status).toBe(201)
    expect(client.gh.violations).toEqual([])
  })

  it('is a matter of the account, too', async () => {
    const { gh, rest } = client
    gh.state.addCollaborator(REPOSITORY, 'reader', 'read')
    const token = gh.state.createToken({ user: 'reader' })
    expect((await rest('POST', `${R}/labels`, { name: 'x' }, as(token))).status).toBe(403)
    const classic = gh.state.createToken({ user: 'reader', kind: 'classic' })
    expect((await rest('POST', `${R}/labels`, { name: 'x' }, as(classic))).status).toBe(404)
  })

  it('wants a user agent', async () => {
    expect((await client.rest('GET', '/', undefined, { 'user-agent': '' })).status).toBe(403)
  })

  it('knows an app by its signature, and gives it tokens for an hour', async () => {
    const { gh, rest } = client
    const { appId, privateKey, installationId } = gh.state.createApp({ owner: 'acme' })
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const jwt = (claims: object) => {
      const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
      return `${text}.${createSign('sha256').update(text).sign(privateKey, 'base64url')}`
    }
    const seconds = now / 1000
    const good = jwt({ iss: appId, iat: seconds - 60, exp: seconds + 540 })
    const path = `/app/installations/${installationId}/access_tokens`
    expect((await rest('GET', '/app', undefined, as(good))).body.slug).toBe('pullwright')
    expect((await rest('GET', `${R}/installation`, undefined, as(good))).body.id).toBe(installationId)
    const wide = await rest('POST', path, undefined, as(good))
    expect(wide.body).toMatchObject({ expires_at: '2025-10-09T09:53:20Z', repository_selection: 'all' })
    expect((await rest('GET', R, undefined, as(wide.body.token))).status).toBe(200)
    const narrow = await rest('POST', path, { repositories: ['prompts'], permissions: { contents: 'read' } }, as(good))
    expect((await rest('POST', `${R}/labels`, { name: 'x' }, as(narrow.body.token))).status).toBe(403)
    expect((await rest('POST', path, { repositories: ['nope'] }, as(good))).status).toBe(422)
    const bad = [
      jwt({ iss: appId, iat: seconds + 60, exp: seconds + 540 }),
      jwt({ iss: appId, iat: seconds - 60, exp: seconds + 700 }),
      jwt({ iss: appId, iat: seconds - 60, exp: seconds - 1 }),
      jwt({ iss: appId + 99, iat: seconds - 60, exp: seconds + 540 }),
      `${good.slice(0, -4)}AAAA`,
    ]
    for (const token of bad) expect((await rest('POST', path, undefined, as(token))).status).toBe(401)
    now += HOUR + 1
    expect((await rest('GET', R, undefined, as(wide.body.token))).status).toBe(401)
    expect(gh.violations).toEqual([])
  })
})

describe('REST refusals', () => {
  it.each([
    [
      'POST',
      '/pulls',
      { title: 'T', head: 'topic', base: 'main' },
      422,
      {
        message: 'Validation Failed',
        errors: [{ resource: 'PullRequest', code: 'custom', message: 'A pull request already exists for acme:topic.' }],
      },
    ],
    [
      'POST',
      '/pulls',
      { title: 'T', head: 'nope', base: 'main' },
      422,
      { message: 'Validation Failed', errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }] },
    ],
    [
      'POST',
      '/pulls',
      { title: 'T', head: 'topic', base: 'nope' },
      422,
      { message: 'Validation Failed', errors: [{ resource: 'PullRequest', field: 'base', code: 'invalid' }] },
    ],
    [
      'POST',
      '/pulls',
      { title: 'T', head: 'same', base: 'main' },
      422,
      {
        message: 'Validation Failed',
        errors: [{ resource: 'PullRequest', code: 'custom', message: 'No commits between main and same' }],
      },
    ],
    [
      'PATCH',
      '/pulls/1',
      { body: 'x'.repeat(65_537) },
      422,
      { errors: [{ field: 'body', message: 'body is too long (maximum is 65536 characters)' }] },
    ],
    ['POST', '/issues/1/comments', { body: 'x'.repeat(65_537) }, 422, { errors: [{ field: 'body', code: 'custom' }] }],
    [
      'POST',
      '/labels',
      { name: 'PROMPT', color: 'ededed' },
      422,
      { errors: [{ resource: 'Label', code: 'already_exists', field: 'name' }] },
    ],
    ['POST', '/git/refs', { ref: 'refs/heads/topic', sha: 'HEAD' }, 422, { message: 'Reference already exists' }],
    ['POST', '/git/refs', { ref: 'refs/heads/topic/sub', sha: 'HEAD' }, 422, { message: 'Reference update failed' }],
    ['POST', '/git/refs', { ref: 'refs/heads/a..b', sha: 'HEAD' }, 422, { message: 'Validation Failed' }],
    ['POST', '/git/refs', { ref: `refs/heads/${'a'.repeat(40)}`, sha: 'HEAD' }, 422, { message: 'Validation Failed' }],
    ['POST', '/git/refs', { ref: 'refs/heads/x', sha: '1'.repeat(40) }, 422, { message: 'Object does not exist' }],
    ['DELETE', '/git/refs/heads/nope', undefined, 422, { message: 'Reference does not exist' }],
    ['GET', '/branches/nope', undefined, 404, { message: 'Branch not found' }],
    ['GET', '/contents/nope.md', undefined, 404, { message: 'Not Found' }],
    ['GET', '/contents/README.md?ref=nope', undefined, 404, { message: 'No commit found for the ref nope' }],
    [
      'PUT',
      '/contents/README.md',
      { message: 'm', content: 'eA==', sha: '1'.repeat(40) },
      409,
      { message: `README.md does not match ${'1'.repeat(40)}` },
    ],
    [
      'PUT',
      '/contents/README.md',
      { message: 'm', content: 'eA==' },
      422,
      { message: 'Invalid request.\n\n"sha" wasn\'t supplied.' },
    ],
    [
      'PUT',
      '/pulls/1/merge',
      { sha: '1'.repeat(40) },
      409,
      { message: 'Head branch was modified. Review and try the merge again.' },
    ],
    [
      'POST',
      '/pulls/1/requested_reviewers',
      { reviewers: ['pullwright-bot'] },
      422,
      { message: 'Review cannot be requested from pull request author.' },
    ],
    [
      'POST',
      '/pulls/1/requested_reviewers',
      { reviewers: ['nobody'] },
      422,
      { message: expect.stringContaining('Reviews may only be requested from collaborators.') },
    ],
    ['POST', '/pulls/1/reviews', { event: 'APPROVE' }, 422, { errors: ['Can not approve your own pull request'] }],
    ['DELETE', '/issues/1/labels/prompt', undefined, 404, { message: 'Label does not exist' }],
    [
      'POST',
      `/statuses/${'1'.repeat(40)}`,
      { state: 'success' },
      422,
      { message: `No commit found for SHA: ${'1'.repeat(40)}` },
    ],
    [
      'POST',
      '/statuses/HEAD',
      { state: 'success', description: 'x'.repeat(141) },
      422,
      { errors: [{ field: 'description' }] },
    ],
    ['GET', '/pulls/99', undefined, 404, { message: 'Not Found' }],
  ])('%s %s %#', async (method, path, body, status, expected) => {
    await open()
    await client.gh.state.createBranch(REPOSITORY, 'same')
    const sha = (await client.gh.state.head(REPOSITORY)) ?? ''
    const sent = body === undefined ? undefined : JSON.parse(JSON.stringify(body).replace('"HEAD"', `"${sha}"`))
    const answer = await client.rest(method, R + path.replace('HEAD', sha), sent)
    expect(answer).toMatchObject({ status, body: { ...expected, status: String(status) } })
  })

  it('merges only by allowed methods, not drafts, not what is blocked, not twice', async () => {
    const { gh, rest } = client
    await open()
    const merge = async (merge_method = 'merge') => {
      const { status, body } = await rest('PUT', `${R}/pulls/1/merge`, { merge_method })
      return [status, body.message]
    }
    gh.state.updateRepository(REPOSITORY, { mergeMethods: ['MERGE'] })
    expect(await merge('squash')).toEqual([405, 'Squash merges are not allowed on this repository.'])
    gh.state.editPullRequest(REPOSITORY, 1, { draft: true })
    expect(await merge()).toEqual([405, 'Pull Request is still a draft'])
    gh.state.editPullRequest(REPOSITORY, 1, { draft: false })
    gh.state.updateRepository(REPOSITORY, { protectedBranches: { main: { requiredApprovals: 1 } } })
    expect((await merge())[0]).toBe(405)
    await gh.state.review(REPOSITORY, 1, 'ann', 'APPROVED')
    expect(await merge()).toEqual([200, 'Pull Request successfully merged'])
    expect(await merge()).toEqual([405, 'Pull Request is not mergeable'])
  })

  it('answers 400 to a body that is no JSON, and 501 with a note to a route it does not have', async () => {
    expect((await client.rest('POST', `${R}/labels`, '{')).body.message).toBe('Problems parsing JSON')
    expect((await client.rest('GET', '/emojis')).status).toBe(501)
    expect(client.gh.violations).toContain('REST: fakeGitHub has no route GET /emojis')
  })

  it('notes parameters and fields that GitHub does not have', async () => {
    await client.rest('GET', `${R}/pulls?branch=x`)
    await client.rest('POST', `${R}/labels`, { name: 'x', colour: 'ededed' })
    await client.rest('POST', `${R}/labels`, { name: 7 })
    expect(client.gh.violations).toEqual([
      'REST: GET /repos/{owner}/{repo}/pulls: there is no query parameter branch',
      'REST: POST /repos/{owner}/{repo}/labels: the body has an unknown field colour',
      'REST: POST /repos/{owner}/{repo}/labels: /name must be string',
    ])
  })
})

describe('lists and layouts', () => {
  it('come in pages with links to the others', async () => {
    for (const n of [1, 2, 3, 4, 5]) client.gh.state.createLabel(REPOSITORY, `l${n}`)
    const first = await client.rest('GET', `${R}/labels?per_page=4`)
    const link = first.headers.get('link') ?? ''
    expect(first.body).toHaveLength(4)
    expect(link).toMatch(/<[^>]*[?&]page=2[^>]*>; rel="next", <[^>]*page=2[^>]*>; rel="last"/)
    const next = /<([^>]+)>; rel="next"/.exec(link)?.[1] ?? ''
    const second = await client.rest('GET', next.replace(client.gh.url, ''))
    expect(second.body.map((label: { name: string }) => label.name)).toEqual(['l4', 'l5'])
    expect(second.headers.get('link')).toContain('rel="prev"')
    expect(second.headers.get('link')).not.toContain('rel="next"')
  })

  it('find a pull request by head and base', async () => {
    await open('one')
    await open('two')
    const numbers = async (query: string) =>
      (await client.rest('GET', `${R}/pulls?${query}`)).body.map((pull: { number: number }) => pull.number)
    expect(await numbers('head=acme:one&base=main&state=open')).toEqual([1])
    expect(await numbers('head=one')).toEqual([2, 1])
    client.gh.state.closePullRequest(REPOSITORY, 1)
    expect(await numbers('')).toEqual([2])
    expect(await numbers('state=closed')).toEqual([1])
    expect(await numbers('state=all&sort=created&direction=asc')).toEqual([1, 2])
  })

  it('serve raw files, and those of an Enterprise Server', async () => {
    const raw = await client.rest('GET', `${R}/contents/docs%2Fa.md`, undefined, {
      accept: 'application/vnd.github.raw',
    })
    expect(raw.body).toBe('a\n')
    expect((await client.rest('GET', `/api/v3${R}`)).body.full_name).toBe(REPOSITORY)
    const answer = await client.rest('POST', '/api/graphql', { query: '{ viewer { login } }' })
    expect(answer.body.data.viewer.login).toBe('pullwright-bot')
  })
})
