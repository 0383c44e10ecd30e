import { type InboundRequest, type JsonValue, verifyWebhook } from '@pullwright/core'
import { writeMarker } from '@pullwright/core/vcs'
import { fakeBitbucket } from '@pullwright/testkit'
import { expect, test } from 'vitest'
import { bitbucketSource } from './source.ts'

const secret = ['a', 'webhook', 'secret'].join('-')
const source = bitbucketSource('bitbucket', secret)

type Delivery = { headers: Record<string, string>; body: string }
const toRequest = ({ headers, body }: Delivery): InboundRequest & { json: JsonValue } => ({
  headers,
  body: Buffer.from(body),
  json: JSON.parse(body) as JsonValue,
  receivedAt: 0,
})

const repository = {
  type: 'repository',
  full_name: 'acme/prompts',
  is_private: true,
  mainbranch: { type: 'branch', name: 'main' },
  links: { html: { href: 'https://bitbucket.org/acme/prompts' } },
}
const actor = { type: 'user', display_name: 'Jane Doe', nickname: 'jane' }
const event = (key: string, payload: Record<string, unknown>) =>
  source.normalise(
    toRequest({ headers: { 'x-event-key': key }, body: JSON.stringify({ actor, repository, ...payload }) }),
  )

test('takes what is signed with the secret, and nothing else', async () => {
  const fake = await fakeBitbucket()
  const signed = fake.state.delivery('repo:push', {}, { secret, requestId: 'one' })
  const forged = fake.state.delivery('repo:push', {}, { secret: 'another' })
  await fake.close()
  expect(source.verify(toRequest(signed))).toEqual({ ok: true })
  expect(source.verify(toRequest(forged))).toEqual({ ok: false, reason: 'no-match' })
  expect(source.verify(toRequest({ ...signed, headers: {} }))).toEqual({ ok: false, reason: 'missing-header' })
  expect(source.deliveryId(toRequest(signed))).toBe('one')
  expect(source.deliveryId(toRequest({ ...signed, headers: {} }))).toBeNull()
  // The example of Atlassian's documentation of X-Hub-Signature.
  const example = {
    headers: { 'x-hub-signature': 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9' },
    body: 'Hello World!',
  }
  expect(verifyWebhook('bitbucket', { secrets: "It's a Secret to Everybody", ...example }).ok).toBe(true)
})

test('tells pull requests from opening to merging, as the forge has them', async () => {
  const fake = await fakeBitbucket()
  await fake.state.createRepository({ workspace: 'acme', slug: 'prompts' })
  const head = await fake.state.commit({ repository: 'acme/prompts', branch: 'next', files: { 'a.md': 'a' } })
  const description = writeMarker('Text', { kind: 'propose', identity: 'dep-15', commit: head }, 'link')
  await fake.state.openPullRequest('acme/prompts', { source: 'next', title: 'Next', description })
  const tell = async (key: string, by: string) => {
    const payload = await fake.state.pullRequestPayload('acme/prompts', 1, by)
    return source.normalise(toRequest(fake.state.delivery(key, payload, { secret })))
  }
  const [opened] = await tell('pullrequest:created', 'jane')
  expect(opened).toMatchObject({
    type: 'pull_request.opened',
    orderingKey: 'acme/prompts#1',
    occurredAt: expect.any(Number),
    data: {
      vcs: 'bitbucket',
      repository: 'acme/prompts',
      number: 1,
      title: 'Next',
      branch: 'next',
      base: 'main',
      head,
      actor: 'jane',
      kind: 'propose',
      identity: 'dep-15',
    },
  })
  const merge = await fake.state.mergePullRequest('acme/prompts', 1)
  const [merged] = await tell('pullrequest:fulfilled', 'joe')
  await fake.close()
  expect(merged).toMatchObject({
    type: 'pull_request.merged',
    data: { merge_commit: merge.slice(0, 12), actor: 'joe' },
  })
  expect(opened?.data).not.toHaveProperty('merge_commit')
})

test('tells updates, closing, comments and reviews', () => {
  const pullrequest = { id: 7, title: 'Seven' }
  const expected = {
    'pullrequest:updated': ['pull_request.updated', undefined],
    'pullrequest:rejected': ['pull_request.closed', undefined],
    'pullrequest:comment_created': ['pull_request.commented', undefined],
    'pullrequest:approved': ['pull_request.reviewed', 'approved'],
    'pullrequest:unapproved': ['pull_request.reviewed', 'dismissed'],
    'pullrequest:changes_request_created': ['pull_request.reviewed', 'changes_requested'],
    'pullrequest:changes_request_removed': ['pull_request.reviewed', 'dismissed'],
  }
  for (const [key, [type, review_state]] of Object.entries(expected)) {
    const [told] = event(key, { pullrequest })
    expect(told?.type).toBe(type)
    expect(told?.data).toMatchObject(review_state === undefined ? { number: 7 } : { review_state })
  }
  expect(event('pullrequest:comment_updated', { pullrequest })).toEqual([])
})

test('tells each branch of a push: new, moved, forced and deleted; tags are left out', () => {
  const at = (name: string, hash: string, type = 'branch') => ({ type, name, target: { type: 'commit', hash } })
  const changes = [
    { new: at('main', 'b'.repeat(40)), old: at('main', 'a'.repeat(40)), forced: true },
    { new: at('fresh', 'c'.repeat(40)), old: null, created: true },
    { new: null, old: at('gone', 'd'.repeat(40)), closed: true },
    { new: at('v1', 'e'.repeat(40), 'tag'), old: null },
  ]
  expect(event('repo:push', { push: { changes } }).map(({ data }) => data)).toEqual([
    {
      vcs: 'bitbucket',
      repository: 'acme/prompts',
      branch: 'main',
      before: 'a'.repeat(40),
      after: 'b'.repeat(40),
      forced: true,
      actor: 'jane',
    },
    {
      vcs: 'bitbucket',
      repository: 'acme/prompts',
      branch: 'fresh',
      before: null,
      after: 'c'.repeat(40),
      actor: 'jane',
    },
    {
      vcs: 'bitbucket',
      repository: 'acme/prompts',
      branch: 'gone',
      before: 'd'.repeat(40),
      after: null,
      actor: 'jane',
    },
  ])
})

test('tells builds that have ended, Pipelines apart from the others', () => {
  const sha = '9fec847784abb10b2fa567ee63b85bd238955d0e'
  const status = (state: string, url: string) => ({
    commit_status: {
      type: 'build',
      name: 'Unit Tests (Python)',
      key: 'mybuildtool',
      state,
      url,
      refname: 'main',
      updated_on: '2026-01-19T20:37:35.547563+00:00',
      links: { commit: { href: `https://api.bitbucket.org/2.0/repositories/acme/prompts/commit/${sha}` } },
    },
  })
  const build = 'https://my-build-tool.com/builds/MY-PROJECT/BUILD-777'
  expect(event('repo:commit_status_created', status('INPROGRESS', build))).toEqual([])
  expect(event('repo:commit_status_updated', status('FAILED', build))).toMatchObject([
    { type: 'check.completed', data: { name: 'Unit Tests (Python)', sha, conclusion: 'failure', url: build } },
  ])
  const pipeline = 'https://bitbucket.org/acme/prompts/addon/pipelines/home#!/results/42'
  expect(event('repo:commit_status_updated', status('STOPPED', pipeline))).toMatchObject([
    { type: 'pipeline.completed', data: { id: '42', sha, branch: 'main', conclusion: 'cancelled', url: pipeline } },
  ])
})

test('tells new repositories, and makes nothing of the rest', () => {
  expect(event('repo:created', {})).toEqual([
    {
      type: 'repository.created',
      data: {
        vcs: 'bitbucket',
        repository: 'acme/prompts',
        url: 'https://bitbucket.org/acme/prompts',
        private: true,
        default_branch: 'main',
      },
      orderingKey: 'acme/prompts',
    },
  ])
  for (const key of ['repo:fork', 'issue:created', 'diagnostics:ping', '']) expect(event(key, {})).toEqual([])
  for (const key of ['repo:push', 'pullrequest:created', 'repo:commit_status_updated', 'repo:created']) {
    expect(source.normalise(toRequest({ headers: { 'x-event-key': key }, body: '[1]' }))).toEqual([])
  }
})
