import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FILE, type GitStage, gitStage, merge, propose } from './git-stage.ts'
import { deployment, REPOSITORY } from './harness.ts'

let stage: GitStage

beforeEach(async () => {
  stage = await gitStage()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.close()
})

const checkRuns = () => stage.fake.state.checkRuns(REPOSITORY)

describe('a merged proposal', () => {
  it('is deployed once, and the answer stands on its pull request', async () => {
    const number = await propose(stage)
    await stage.fake.state.review(REPOSITORY, number, 'joe', 'APPROVED')
    const commit = await merge(stage, number)
    expect(stage.host.calls).toEqual([
      {
        project: 'default',
        app: 'support-bot',
        environment: 'production',
        revision: 16,
        variant: 'v2',
        expectedCurrentRevision: 15,
        requestedBy: 'jane',
        approvals: ['joe'],
        pullRequest: { vcs: 'github', repository: REPOSITORY, number, url: expect.stringContaining('/pull/') },
        idempotencyKey: expect.any(String),
      },
    ])
    expect(await stage.told('deployment.succeeded')).toMatchObject([{ app_name: 'support-bot', revision: 16 }])
    expect(checkRuns()).toMatchObject([{ sha: commit, name: 'Deployment to production', conclusion: 'SUCCESS' }])
    expect(stage.fake.state.deployments(REPOSITORY)).toMatchObject([
      { sha: commit, environment: 'production', production: true, statuses: [{ state: 'success' }] },
    ])
    const { comments } = await stage.fake.state.pullRequest(REPOSITORY, number)
    expect(comments).toHaveLength(1)
  })

  it('is acted on once, though its webhook comes again, or as another delivery', async () => {
    const number = await propose(stage)
    await stage.fake.state.mergePullRequest(REPOSITORY, number, { by: 'jane' })
    const delivery = await stage.delivery('pull_request', { number, action: 'closed', by: 'jane' })
    await stage.send(delivery)
    await stage.send(delivery)
    await stage.deliver('pull_request', { number, action: 'closed', by: 'jane', changes: { other: true } })
    expect(stage.host.calls).toHaveLength(1)
    expect(await stage.told('deployment.requested')).toHaveLength(1)
    expect((await stage.told('pull_request.merged')).map((data) => data.number)).toEqual([number, 1])
  })

  it('that failed says so, and is not asked for an issue', async () => {
    stage.host.answer = () => ({ status: 'failed', message: 'No quota left' })
    const number = await propose(stage)
    await merge(stage, number)
    expect(checkRuns()).toMatchObject([{ conclusion: 'FAILURE', summary: expect.stringContaining('No quota left') }])
    expect(stage.fake.state.deployments(REPOSITORY)[0]?.statuses).toMatchObject([{ state: 'failure' }])
    expect(stage.fake.state.issues(REPOSITORY)).toEqual([])
  })

  it('is tried again with the same key where the host throws', async () => {
    let left = 2
    stage.host.answer = () => {
      if (left-- > 0) throw new Error('The host is restarting')
      return { status: 'succeeded' }
    }
    await merge(stage, await propose(stage))
    for (let n = 0; n < 3; n++) {
      stage.clock.advance(3_600_000)
      await stage.pullwright.drain()
    }
    expect(stage.host.calls).toHaveLength(3)
    expect(new Set(stage.host.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    expect(await stage.told('deployment.succeeded')).toHaveLength(1)
  })

  it('is blocked where something else runs by now, and says why', async () => {
    const number = await propose(stage)
    stage.host.current = 17
    await merge(stage, number)
    expect(stage.host.calls).toEqual([])
    expect(await stage.told('deployment.blocked')).toMatchObject([
      { reason: expect.stringContaining('17 runs by now') },
    ])
    expect(checkRuns()).toMatchObject([{ conclusion: 'FAILURE' }])
    expect(stage.fake.state.deployments(REPOSITORY)).toEqual([])
    const { comments } = await stage.fake.state.pullRequest(REPOSITORY, number)
    expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('17 runs by now')])
  })

  it('is blocked where somebody edited its file, for the host has no such revision', async () => {
    const number = await propose(stage)
    const { head } = await stage.fake.state.pullRequest(REPOSITORY, number)
    const text = (await stage.fake.state.file(REPOSITORY, FILE, head)) ?? ''
    const files = { [FILE]: text.replace('"temperature": 0.2', '"temperature": 1.9') }
    await stage.fake.state.commit({ repository: REPOSITORY, branch: head, files })
    await merge(stage, number)
    expect(stage.host.calls).toEqual([])
    expect(await stage.told('deployment.blocked')).toMatchObject([{ reason: expect.stringContaining('proposed with') }])
  })

  it('that the host ends later is told of then', async () => {
    stage.host.answer = () => ({ status: 'pending', deploymentId: 'dep_2' })
    await merge(stage, await propose(stage))
    expect(checkRuns()).toEqual([])
    const end = { app_name: 'support-bot', environment: 'production', revision: 16, deployment_id: 'dep_2' }
    await stage.pullwright.emitter.emit('deployment.succeeded', end)
    await stage.pullwright.drain()
    expect(checkRuns()).toMatchObject([{ conclusion: 'SUCCESS' }])
  })

  it('lists as approvals only those of the commit that was merged', async () => {
    const number = await propose(stage)
    await stage.fake.state.review(REPOSITORY, number, 'ann', 'APPROVED')
    const { head } = await stage.fake.state.pullRequest(REPOSITORY, number)
    await stage.fake.state.commit({ repository: REPOSITORY, branch: head, files: { notes: 'later' } })
    await stage.fake.state.review(REPOSITORY, number, 'joe', 'APPROVED')
    await merge(stage, number)
    expect(stage.host.calls).toMatchObject([{ approvals: ['joe'] }])
  })

  it('is documented again where something else was deployed under its name', async () => {
    await merge(stage, await propose(stage))
    const before = (await stage.pullRequests()).length
    await stage.emit('environment.deployed', deployment({ revision: 16, config: { model: 'gpt-9' } }))
    expect(await stage.pullRequests()).toHaveLength(before + 1)
    expect(stage.host.calls).toHaveLength(1)
  })

  it('opens no pull request for what it deployed', async () => {
    await merge(stage, await propose(stage))
    const before = (await stage.pullRequests()).length
    const config = { model: 'gpt-4', temperature: 0.2, system_prompt: 'You are helpful.\nBe concise.' }
    await stage.emit('environment.deployed', deployment({ revision: 16, deployment_id: 'dep_2', config }))
    expect(await stage.pullRequests()).toHaveLength(before)
    await stage.emit('environment.deployed', deployment({ revision: 17, deployment_id: 'dep_3' }))
    expect(await stage.pullRequests()).toHaveLength(before + 1)
  })
})

it('a merged document asks for nothing', async () => {
  await stage.emit('environment.deployed', deployment())
  await merge(stage, 1)
  expect(stage.host.calls).toEqual([])
  expect(await stage.told('deployment.requested')).toEqual([])
  expect(await stage.told('deployment.blocked')).toEqual([])
})

describe('what asks for nothing', () => {
  const proposalText = async () => {
    const number = await propose(stage)
    const { body, head } = await stage.fake.state.pullRequest(REPOSITORY, number)
    const file = (await stage.fake.state.file(REPOSITORY, FILE, head)) ?? ''
    return { number, body, file }
  }

  it('is a proposal that was closed, whatever a webhook says', async () => {
    const { number } = await proposalText()
    stage.fake.state.closePullRequest(REPOSITORY, number)
    await stage.deliver('pull_request', { number, action: 'closed', by: 'jane' })
    const pull_request = { number, merged: true, state: 'closed' }
    await stage.deliver('pull_request', { number, action: 'closed', by: 'jane', changes: { pull_request } })
    expect([stage.host.calls, await stage.told('deployment.requested')]).toEqual([[], []])
  })

  it('is a merge into another branch than the base', async () => {
    const { file } = await proposalText()
    await stage.fake.state.createBranch(REPOSITORY, 'elsewhere')
    const files = { [FILE]: file.replace('"temperature": 0.2', '"temperature": 1.9') }
    await stage.fake.state.commit({ repository: REPOSITORY, branch: 'by-hand', files })
    const opened = { head: 'by-hand', base: 'elsewhere', by: 'joe' }
    const { number } = await stage.fake.state.openPullRequest(REPOSITORY, opened)
    await merge(stage, number)
    expect([stage.host.calls, await stage.told('deployment.blocked')]).toEqual([[], []])
  })

  it('is our marker copied into somebody else’s pull request', async () => {
    const { body, file } = await proposalText()
    const files = { [FILE]: file.replace('"temperature": 0.2', '"temperature": 1.9') }
    await stage.fake.state.commit({ repository: REPOSITORY, branch: 'copied', files })
    const { number } = await stage.fake.state.openPullRequest(REPOSITORY, { head: 'copied', body, by: 'joe' })
    await merge(stage, number)
    expect(stage.host.calls).toEqual([])
    expect(await stage.told('deployment.blocked')).toMatchObject([{ reason: expect.stringContaining('proposed with') }])
    await stage.fake.state.commit({ repository: REPOSITORY, branch: 'elsewhere', files: { 'notes.md': 'mine' } })
    const other = await stage.fake.state.openPullRequest(REPOSITORY, { head: 'elsewhere', body, by: 'joe' })
    await merge(stage, other.number)
    expect(stage.host.calls).toEqual([])
  })
})

describe('a label', () => {
  const LABEL = 'deploy:staging'
  let times = 0
  const label = async (number: number, by: string) => {
    stage.fake.state.addLabel(REPOSITORY, number, LABEL)
    // Set at another time, so that its webhook is no copy of the one before.
    await stage.deliver('pull_request', { number, action: 'labeled', label: LABEL, by, changes: { times: times++ } })
  }

  it('by somebody who may write asks for the revision in that environment', async () => {
    await stage.emit('environment.deployed', deployment())
    await label(1, 'jane')
    expect(stage.host.calls).toMatchObject([{ environment: 'staging', revision: 15, requestedBy: 'jane' }])
    const { headOid } = await stage.fake.state.pullRequest(REPOSITORY, 1)
    expect(checkRuns()).toMatchObject([{ sha: headOid, name: 'Deployment to staging', conclusion: 'SUCCESS' }])
    await label(1, 'jane')
    expect(stage.host.calls).toHaveLength(1)
  })

  it.each([
    ['reader', 'reader has no write permission'],
    ['pullwright[bot]', 'we set it ourselves'],
  ])('by %s counts for nothing', async (by, reason) => {
    await stage.emit('environment.deployed', deployment())
    await label(1, by)
    expect(stage.host.calls).toEqual([])
    const { comments } = await stage.fake.state.pullRequest(REPOSITORY, 1)
    expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining(reason)])
  })

  it('on a fork counts for nothing', async () => {
    await stage.emit('environment.deployed', deployment())
    await stage.fake.state.createBranch(REPOSITORY, 'theirs', 'pullwright/support-bot/production')
    const { number } = await stage.fake.state.openPullRequest(REPOSITORY, {
      ...{ head: 'theirs', by: 'mallory', fork: 'mallory/prompts' },
    })
    await label(number, 'jane')
    expect(stage.host.calls).toEqual([])
    expect(await stage.told('deployment.blocked')).toMatchObject([{ reason: expect.stringContaining('fork') }])
  })

  it('taken off and set again asks once more only for what came to nothing', async () => {
    await stage.emit('environment.deployed', deployment())
    stage.host.answer = () => ({ status: 'failed', message: 'No quota left' })
    await label(1, 'jane')
    await label(1, 'jane')
    expect(stage.host.calls).toHaveLength(2)
    stage.host.answer = () => undefined
    await label(1, 'jane')
    await label(1, 'jane')
    expect(stage.host.calls).toHaveLength(3)
    expect(new Set(stage.host.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3)
  })

  it('of somebody who may write counts after one of somebody who may not', async () => {
    await stage.emit('environment.deployed', deployment())
    await label(1, 'reader')
    await label(1, 'jane')
    expect(stage.host.calls).toMatchObject([{ environment: 'staging', requestedBy: 'jane' }])
  })

  it('that is gone again, or is another, asks for nothing', async () => {
    await stage.emit('environment.deployed', deployment())
    await stage.deliver('pull_request', { number: 1, action: 'labeled', label: 'agenta-deployment', by: 'jane' })
    stage.fake.state.createLabel(REPOSITORY, LABEL)
    await stage.deliver('pull_request', { number: 1, action: 'labeled', label: LABEL, by: 'jane' })
    expect(stage.host.calls).toEqual([])
  })
})
