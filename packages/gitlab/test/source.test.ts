import { builtInEvents, type JsonValue, type Vcs } from '@pullwright/core'
import { type DeliveryOrder, type FakeGitLab, fakeGitLab, type GitLabDelivery } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitlab } from '../src/index.ts'
import { CLOCK, REPOSITORY, specOf } from './setting.ts'

const SIGNING = ['whsec', Buffer.alloc(32, 7).toString('base64')].join('_')
const PLAIN = 'a shared token'

let fake: FakeGitLab
let vcs: Vcs
beforeEach(async () => {
  fake = await fakeGitLab()
  await fake.state.createProject({ path: REPOSITORY, ci: true })
  const auth = { token: fake.state.createToken() }
  vcs = gitlab({ auth, baseUrl: fake.url, webhookSecret: [SIGNING, PLAIN], clock: CLOCK })
  await vcs.publishPullRequest(specOf())
})
afterEach(async () => {
  await vcs.close?.()
  await fake.close()
})

function requestOf({ headers, body }: GitLabDelivery) {
  const json = JSON.parse(body) as JsonValue
  return { headers, body: Buffer.from(body), json, receivedAt: Date.now() }
}

async function received(order: Omit<DeliveryOrder, 'project' | 'secret'>) {
  const delivery = await fake.state.delivery({ project: REPOSITORY, secret: SIGNING, ...order })
  const events = vcs.source?.normalise(requestOf(delivery)) ?? []
  for (const { type, data } of events) {
    const { schema } = builtInEvents[type as keyof typeof builtInEvents]
    expect(schema.safeParse(data).error).toBeUndefined()
  }
  return events
}

test.each([SIGNING, PLAIN])('takes a delivery with %s, and not a changed one', async (secret) => {
  const delivery = await fake.state.delivery({ project: REPOSITORY, kind: 'push', secret })
  const request = requestOf(delivery)
  expect(await vcs.source?.verify(request)).toEqual({ ok: true })
  expect(vcs.source?.deliveryId(request)).toBe(delivery.headers['idempotency-key'])
  const headers = { ...delivery.headers, ...(secret === PLAIN ? { 'x-gitlab-token': 'guess' } : {}) }
  const body = Buffer.from(`${delivery.body} `)
  expect(await vcs.source?.verify({ ...request, headers, body })).toEqual({ ok: false, reason: 'no-match' })
})

test('a wrong signature is not saved by the right token', async () => {
  const delivery = await fake.state.delivery({ project: REPOSITORY, kind: 'push', secret: SIGNING })
  const headers = { ...delivery.headers, 'webhook-signature': 'v1,AAAA', 'x-gitlab-token': PLAIN }
  expect(await vcs.source?.verify({ ...requestOf(delivery), headers })).toEqual({ ok: false, reason: 'no-match' })
})

test.each([
  ['open', 'opened'],
  ['reopen', 'opened'],
  ['close', 'closed'],
  ['merge', 'merged'],
  ['approved', 'reviewed'],
  ['unapproved', 'reviewed'],
] as const)('a merge request event with %s is pull_request.%s', async (action, verb) => {
  if (action === 'merge') {
    const [there] = fake.state.mergeRequests(REPOSITORY)
    await fake.state.finishPipeline(REPOSITORY, there?.sha ?? '')
    await fake.state.merge(REPOSITORY, 1)
  }
  const [one] = fake.state.mergeRequests(REPOSITORY)
  const review = { approved: 'approved', unapproved: 'dismissed' } as Record<string, string>
  expect(await received({ kind: 'merge_request', iid: 1, action })).toMatchObject([
    {
      type: `pull_request.${verb}`,
      orderingKey: `${REPOSITORY}#1`,
      data: {
        vcs: 'gitlab',
        repository: REPOSITORY,
        number: 1,
        url: one?.url,
        title: one?.title,
        branch: one?.source,
        base: 'main',
        head: one?.sha,
        actor: 'jane',
        kind: 'document',
        identity: 'dep-15',
        ...(action === 'merge' ? { merge_commit: one?.mergeCommit } : {}),
        ...(review[action] === undefined ? {} : { review_state: review[action] }),
      },
    },
  ])
})

test('an update means new commits, another text or new labels, and nothing else', async () => {
  const update = (changes: object, oldrev?: string) =>
    received({ kind: 'merge_request', iid: 1, action: 'update', changes: { changes, ...more(oldrev) } })
  const more = (oldrev?: string) =>
    oldrev === undefined ? {} : { object_attributes: { iid: 1, action: 'update', oldrev, url: `${fake.url}/x` } }
  const types = (events: { type: string }[]) => events.map(({ type }) => type)
  expect(types(await update({}, 'a'.repeat(40)))).toEqual(['pull_request.updated'])
  expect(types(await update({ title: { previous: 'a', current: 'b' } }))).toEqual(['pull_request.updated'])
  const labels = { previous: [{ title: 'old' }], current: [{ title: 'old' }, { title: 'ci::fix' }, { title: 'new' }] }
  expect(await update({ labels })).toMatchObject([
    { type: 'pull_request.labeled', data: { label: 'ci::fix' } },
    { type: 'pull_request.labeled', data: { label: 'new' } },
  ])
  expect(await update({ assignees: { previous: [], current: [] } })).toEqual([])
})

test('a comment is one on a merge request that a person just wrote', async () => {
  expect(await received({ kind: 'note', iid: 1 })).toMatchObject([
    { type: 'pull_request.commented', data: { number: 1 } },
  ])
  const note = (attributes: object) => received({ kind: 'note', iid: 1, changes: { object_attributes: attributes } })
  expect(await note({ noteable_type: 'Issue' })).toEqual([])
  expect(await note({ noteable_type: 'MergeRequest', system: true })).toEqual([])
  expect(await note({ noteable_type: 'MergeRequest', action: 'update' })).toEqual([])
})

test('pushes, pipelines, jobs and new projects mean what they mean elsewhere', async () => {
  expect(await received({ kind: 'push' })).toMatchObject([
    {
      type: 'push',
      data: { branch: 'main', before: null, after: await fake.state.head(REPOSITORY, 'main'), actor: 'jane' },
    },
  ])
  expect(await received({ kind: 'push', changes: { ref: 'refs/tags/v1' } })).toEqual([])
  expect(await received({ kind: 'pipeline' })).toEqual([])
  const [one] = fake.state.mergeRequests(REPOSITORY)
  await fake.state.finishPipeline(REPOSITORY, one?.sha ?? '', 'failed')
  expect(await received({ kind: 'pipeline', changes: { merge_request: { iid: 1 } } })).toMatchObject([
    {
      type: 'pipeline.completed',
      data: { conclusion: 'failure', sha: one?.sha, branch: one?.source, pull_requests: [1] },
    },
  ])
  expect(await received({ kind: 'build' })).toMatchObject([
    { type: 'check.completed', data: { name: 'test', conclusion: 'success', sha: one?.sha } },
  ])
  expect(await received({ kind: 'build', changes: { build_status: 'running' } })).toEqual([])
  expect(await received({ kind: 'project_create' })).toMatchObject([
    { type: 'repository.created', data: { repository: REPOSITORY, url: `${fake.url}/${REPOSITORY}`, private: true } },
  ])
})

test('whatever else comes is acknowledged', () => {
  for (const json of [
    {},
    [],
    'text',
    null,
    { object_kind: 'wiki_page' },
    { object_kind: 'merge_request' },
  ] as JsonValue[]) {
    expect(vcs.source?.normalise({ headers: {}, body: Buffer.from(''), json, receivedAt: 0 })).toEqual([])
  }
})
