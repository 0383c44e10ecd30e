import { createPullwright, generateKey, memoryStore } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DeployRequest, deploymentPullRequests, gitops, policies, reconcile } from '../src/index.ts'
import { FORGES, type ForgeStage } from './forge-stages.ts'
import { deployment, memoryLogger, REPOSITORY, testClock } from './harness.ts'

const FILE = 'deployments/support-bot/production.json'
const MINUTE = 60_000
const NEXT = deployment({ revision: 16, deployment_id: 'dep_2', config: { model: 'gpt-4', temperature: 0.2 } })

describe.each(Object.keys(FORGES))('%s', (name) => {
  let stage: ForgeStage
  let host: ReturnType<typeof hostOn>

  beforeEach(async () => {
    stage = await (FORGES[name] as () => Promise<ForgeStage>)()
    host = hostOn(name, stage)
  })

  afterEach(async () => {
    await host.pullwright.stop()
    await stage.close()
  })

  it('deploys a merged proposal once, whether a webhook tells of it, polling, or both, and says so in one comment', async () => {
    await host.emit('environment.deployed', deployment())
    await stage.merge(1)
    await host.emit('deployment.proposed', NEXT)
    await host.later(5 * MINUTE)
    await stage.merge(2)
    await host.receive(await stage.mergedHook(2))
    await host.later(5 * MINUTE)
    await host.later(5 * MINUTE)
    expect(host.calls).toMatchObject([{ revision: 16, expectedCurrentRevision: 15, requestedBy: 'jane' }])
    expect(await stage.comments(2)).toContainEqual(expect.stringContaining('is deployed'))
  })

  it('finds what was opened and merged while the host was down, and nothing from before it looked first', async () => {
    await host.emit('environment.deployed', deployment())
    await stage.merge(1)
    await stage.merge(await stage.edit('before', FILE, (text) => text.replace('"revision": 15', '"revision": 13')))
    await host.later(5 * MINUTE)
    expect(host.calls).toEqual([])
    const number = await stage.edit('while-down', FILE, (text) => text.replace('"revision": 13', '"revision": 14'))
    await stage.merge(number)
    await host.later(5 * MINUTE)
    await host.later(5 * MINUTE)
    expect(host.calls).toMatchObject([{ revision: 14, pullRequest: { number } }])
  })

  it('judges again a review that no webhook told of, and tells of what was closed', async () => {
    await host.emit('environment.deployed', deployment({ environment: 'staging' }))
    await host.later(5 * MINUTE)
    const body = async () => (await stage.vcs.getPullRequest(REPOSITORY, 1)).body
    expect(await body()).toContain('Waits for approval')
    await stage.approve(1, 'jane')
    await stage.approve(1, 'joe')
    await host.later(5 * MINUTE)
    expect(await body()).not.toContain('Waits for approval')
    await stage.decline(1)
    await host.later(5 * MINUTE)
    expect(await host.told('pull_request.closed')).toMatchObject([{ number: 1, vcs: name }])
  })

  it('tells of drift once, and opens the pull request that is missing', async () => {
    host.runs(deployment())
    await host.later(60 * MINUTE)
    await host.later(60 * MINUTE)
    expect(await host.told('drift.detected')).toMatchObject([{ kind: 'missing', revision: 15 }])
    const [only, ...others] = await stage.vcs.findPullRequests(REPOSITORY, { state: 'all' })
    expect([only?.number, others]).toEqual([1, []])
    await stage.merge(1)
    await host.later(60 * MINUTE)
    expect(await host.told('drift.detected')).toHaveLength(1)
  })

  it('writes its comment once though the answer to it was lost', async () => {
    stage.loseCommentAnswer()
    await host.emit('environment.deployed', deployment())
    await host.later(10 * MINUTE)
    await host.later(10 * MINUTE)
    await host.emit('environment.deployed', NEXT)
    const told = (await stage.comments(1)).filter((body) => body.includes('live'))
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/16[\s\S]*15/)
  })
})

/** A host with all of the flow, on one forge, that no webhook reaches unless a test sends it. */
function hostOn(name: string, stage: ForgeStage) {
  const clock = testClock(Date.now())
  const calls: DeployRequest[] = []
  let current: { variant: string; revision: number; config: object } | null = null
  const route = { vcs: name, repository: REPOSITORY }
  const pullwright = createPullwright({
    ...{ store: memoryStore(), key: generateKey(), logger: memoryLogger(), clock, vcs: [stage.vcs] },
    plugins: [
      deploymentPullRequests({
        routes: [{ ...route, report: { comment: true } }],
        policies: [policies.fourEyes({ environments: ['staging'] })],
      }),
      gitops({ routes: [route], deploy: (request) => void calls.push(request) }),
      reconcile({
        ...{ routes: [route], open: true },
        current: () =>
          current === null
            ? []
            : [{ app: 'support-bot', environment: 'production', ...current, config: { ...current.config } }],
      }),
    ],
  })
  return {
    ...{ pullwright, calls },
    async emit(type: 'environment.deployed' | 'deployment.proposed', data: ReturnType<typeof deployment>) {
      await pullwright.emitter.emit(type, data)
      await pullwright.drain()
    },
    async receive({ headers, body }: { headers: Record<string, string>; body: string }) {
      const request = new Request(`http://localhost/hooks/${name}`, { method: 'POST', headers, body })
      expect((await pullwright.handler(request)).status).toBe(202)
      await pullwright.drain()
    },
    async later(milliseconds: number) {
      clock.advance(milliseconds)
      await pullwright.drain()
    },
    runs({ variant_name: variant, revision, config }: ReturnType<typeof deployment>) {
      current = { variant, revision, config }
    },
    told: async (type: string) => (await pullwright.events.list({ types: [type] })).map(({ data }) => data),
  }
}
