import type { JsonValue } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigEdit } from '../src/index.ts'
import { FILE, type GitStage, gitStage, merge } from './git-stage.ts'
import { deployment, REPOSITORY } from './harness.ts'

const SECRET = ['sk', 'a1B2c3D4e5'.repeat(4)].join('-')
const RAW = { model: 'gpt-4', temperature: 0.5, api_key: SECRET }

let stage: GitStage
let edits: ConfigEdit[]

beforeEach(async () => {
  edits = []
  stage = await gitStage({
    gitops: {
      readConfig: () => {
        const { current, revisions } = stage.host
        return current === null ? null : { revision: current, config: revisions.get(String(current)) as JsonValue }
      },
      commitRevision(edit) {
        edits.push(edit)
        const revision = Number(edit.baseRevision) + 2
        stage.host.revisions.set(String(revision), edit.config)
        return { revision }
      },
    },
  })
  await stage.emit('environment.deployed', deployment({ config: RAW }))
  await merge(stage, 1)
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.close()
})

/** Somebody edits the file on a branch of their own, and it is merged. */
async function edit(change: (text: string) => string, branch = 'by-hand') {
  const text = (await stage.fake.state.file(REPOSITORY, FILE)) ?? ''
  await stage.fake.state.commit({ repository: REPOSITORY, branch, files: { [FILE]: change(text) } })
  const { number } = await stage.fake.state.openPullRequest(REPOSITORY, { head: branch, title: 'Cooler', by: 'joe' })
  await merge(stage, number)
  return stage.fake.state.pullRequest(REPOSITORY, number)
}

describe('a file edited in Git', () => {
  it('becomes a new revision with its secrets intact, and is deployed', async () => {
    expect(await stage.fake.state.file(REPOSITORY, FILE)).not.toContain(SECRET)
    await edit((text) => text.replace('0.5', '0.2'))
    expect(edits).toMatchObject([
      {
        ...{ app: 'support-bot', environment: 'production', variant: 'v2', baseRevision: 15 },
        ...{ message: 'Cooler', author: 'jane', config: { ...RAW, temperature: 0.2 } },
      },
    ])
    expect(stage.host.calls).toMatchObject([{ revision: 17, expectedCurrentRevision: 15, requestedBy: 'jane' }])
    expect(await stage.told('deployment.succeeded')).toMatchObject([{ revision: 17 }])
    expect(JSON.stringify(await stage.pullwright.events.list({ limit: 100 }))).not.toContain(SECRET)
  })

  it('may be edited again, though the file names the revision it was first made from', async () => {
    await edit((text) => text.replace('0.5', '0.2'))
    await edit((text) => text.replace('gpt-4', 'gpt-5'), 'again')
    expect(edits.map(({ baseRevision, config }) => [baseRevision, config])).toEqual([
      [15, { ...RAW, temperature: 0.2 }],
      [17, { ...RAW, temperature: 0.2, model: 'gpt-5' }],
    ])
    expect(stage.host.calls.map(({ revision }) => revision)).toEqual([17, 19])
  })

  it('opens no pull request for what it became', async () => {
    await edit((text) => text.replace('0.5', '0.2'))
    const before = (await stage.pullRequests()).length
    const config = stage.host.revisions.get('17')
    await stage.emit('environment.deployed', deployment({ revision: 17, deployment_id: 'dep_2', config }))
    expect(await stage.pullRequests()).toHaveLength(before)
  })

  it('is blocked where a hidden value was touched, and its pull request is told', async () => {
    const { comments } = await edit((text) => text.replace(/"\[REDACTED[^"]*"/, '"another"'))
    expect(edits).toEqual([])
    expect(stage.host.calls).toEqual([])
    expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('`api_key` holds a hidden value')])
    expect(stage.fake.state.checkRuns(REPOSITORY)).toMatchObject([{ conclusion: 'FAILURE' }])
  })

  it('is blocked where something else runs by now', async () => {
    stage.host.current = 16
    stage.host.revisions.set('16', RAW)
    const { comments } = await edit((text) => text.replace('0.5', '0.2'))
    expect(edits).toEqual([])
    expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('revision 16 runs by now')])
  })

  it('of which only the form changed asks for nothing', async () => {
    await edit((text) => JSON.stringify(JSON.parse(text)))
    expect([edits, stage.host.calls, await stage.told('deployment.blocked')]).toEqual([[], [], []])
  })

  it('that cannot be read asks for nothing', async () => {
    await edit(() => '{ "app_name": ')
    expect([edits, stage.host.calls]).toEqual([[], []])
  })
})

it('two apps in one pull request are deployed and told of each by itself', async () => {
  await stage.emit('environment.deployed', deployment({ app_name: 'other-bot', deployment_id: 'dep_9', config: RAW }))
  await merge(stage, 2)
  const other = FILE.replace('support-bot', 'other-bot')
  const [one, two] = [FILE, other].map(async (path) => (await stage.fake.state.file(REPOSITORY, path)) ?? '')
  const files = {
    [FILE]: ((await one) ?? '').replace('"revision": 15', '"revision": 14'),
    [other]: ((await two) ?? '').replace('"revision": 15', '"revision": 14'),
  }
  await stage.fake.state.commit({ repository: REPOSITORY, branch: 'both', files })
  const { number } = await stage.fake.state.openPullRequest(REPOSITORY, { head: 'both', by: 'joe' })
  stage.host.answer = ({ app }) => (app === 'other-bot' ? { status: 'failed' } : undefined)
  await merge(stage, number)
  const runs = stage.fake.state.checkRuns(REPOSITORY).map(({ name, conclusion }) => [name, conclusion])
  expect(Object.fromEntries(runs)).toMatchObject({ 'Deployment of other-bot to production': 'FAILURE' })
  expect(runs).toHaveLength(2)
  expect((await stage.fake.state.pullRequest(REPOSITORY, number)).comments).toHaveLength(2)
})
