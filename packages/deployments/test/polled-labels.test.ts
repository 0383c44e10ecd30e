import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { reconcile } from '../src/index.ts'
import { type GitStage, gitStage } from './git-stage.ts'
import { deployment, REPOSITORY } from './harness.ts'

const MINUTE = 60_000

let stage: GitStage

beforeEach(async () => {
  const polling = reconcile({ routes: [{ vcs: 'github', repository: REPOSITORY }], pollMs: 5 * MINUTE })
  stage = await gitStage({ plugins: [polling] })
  await stage.emit('environment.deployed', deployment())
  await look()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.close()
})

const look = async () => {
  stage.clock.advance(5 * MINUTE)
  await stage.pullwright.drain()
}
const label = (by?: string) => stage.fake.state.addLabel(REPOSITORY, 1, 'deploy:staging', by)

describe('a deploy label that no webhook told of', () => {
  it('is found by polling, and deploys once', async () => {
    label('jane')
    await look()
    await look()
    expect(stage.host.calls).toMatchObject([{ environment: 'staging', revision: 15, requestedBy: 'jane' }])
  })

  it('deploys once where its webhook came before or comes after, though it failed', async () => {
    stage.host.answer = () => ({ status: 'failed', message: 'no room' })
    label('jane')
    await stage.deliver('pull_request', { number: 1, action: 'labeled', label: 'deploy:staging', by: 'jane' })
    await look()
    await look()
    expect(stage.host.calls).toHaveLength(1)
  })

  it.each(['reader', 'pullwright[bot]'])('by %s is blocked', async (by) => {
    label(by)
    await look()
    expect(stage.host.calls).toEqual([])
    expect(await stage.told('deployment.blocked')).toHaveLength(1)
  })

  it('asks for nothing where the forge does not tell who set it', async () => {
    label()
    await look()
    expect(await stage.told('pull_request.labeled')).toEqual([])
    expect(stage.host.calls).toEqual([])
  })
})
