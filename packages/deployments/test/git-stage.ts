import { generateKey, type JsonValue, memoryStore, type Plugin } from '@pullwright/core'
import { github } from '@pullwright/github'
import { type DeliveryKind, fakeGitHub, type GitHubDelivery, type GitHubDeliveryOrder } from '@pullwright/testkit'
import {
  type DeployAnswer,
  type DeploymentPullRequestsOptions,
  type DeployRequest,
  type GitOpsOptions,
  gitops,
  type Route,
} from '../src/index.ts'
import { deployment, memoryLogger, pullwrightOn, REPOSITORY, testClock } from './harness.ts'

const SECRET = ['webhook', 's'.repeat(24)].join('-')

/** A host that keeps revisions, and deploys the one it is asked for. */
export interface Host {
  /** Raw configurations by revision. */
  revisions: Map<string, JsonValue>
  current: number | null
  calls: DeployRequest[]
  answer: (request: DeployRequest) => DeployAnswer | undefined
}

export const FILE = 'deployments/support-bot/production.json'

/** A fake GitHub with an app's token, a host, and both ways between them. */
export async function gitStage(
  options: {
    routes?: Partial<Route>[]
    gitops?: Partial<GitOpsOptions>
    flow?: Partial<DeploymentPullRequestsOptions>
    plugins?: Plugin[]
  } = {},
) {
  const fake = await fakeGitHub()
  await fake.state.createRepository({
    ...{ owner: 'acme', name: 'prompts', private: true, allowAutoMerge: true, basePermission: null },
    collaborators: { jane: 'write', joe: 'write', reader: 'read' },
  })
  const token = fake.state.createToken({ kind: 'installation', user: 'pullwright' })
  const vcs = () => github({ auth: { token }, baseUrl: fake.url, webhookSecret: SECRET, writeSpacingMs: 0 })
  const host: Host = { revisions: new Map(), current: null, calls: [], answer: () => undefined }
  const clock = testClock()
  const plugin = gitops({
    routes: [{ vcs: 'github', repository: REPOSITORY }],
    async deploy(request) {
      host.calls.push(request)
      const answer = host.answer(request)
      if (answer?.status !== 'failed') host.current = Number(request.revision)
      return answer
    },
    currentRevision: () => host.current,
    ...options.gitops,
  })
  const stage = { fake, token, vcs }
  const more = {
    ...(options.flow ? { flow: options.flow } : {}),
    clock,
    plugins: [plugin, ...(options.plugins ?? [])],
    store: memoryStore(),
    key: generateKey(),
    logger: memoryLogger(),
  }
  const pullwright = pullwrightOn(stage, options.routes ?? [{}], more)

  const send = async ({ headers, body }: GitHubDelivery) => {
    const request = new Request('http://localhost/hooks/github', { method: 'POST', headers, body })
    const response = await pullwright.handler(request)
    if (response.status >= 300) throw new Error(`The webhook was refused: ${response.status} ${await response.text()}`)
    await pullwright.drain()
  }
  return {
    ...stage,
    ...{ host, clock, pullwright, send },
    delivery: (kind: DeliveryKind, order: Omit<GitHubDeliveryOrder, 'repository' | 'secret'>) =>
      fake.state.delivery(kind, { repository: REPOSITORY, secret: SECRET, ...order }),
    async deliver(kind: DeliveryKind, order: Omit<GitHubDeliveryOrder, 'repository' | 'secret'>) {
      await send(await fake.state.delivery(kind, { repository: REPOSITORY, secret: SECRET, ...order }))
    },
    async emit(type: 'environment.deployed' | 'deployment.proposed', data: ReturnType<typeof deployment>) {
      host.revisions.set(String(data.revision), data.config as JsonValue)
      if (type === 'environment.deployed') host.current = data.revision
      const { id } = await pullwright.emitter.emit(type, data)
      await pullwright.drain()
      return id
    },
    pullRequests: () => fake.state.pullRequests(REPOSITORY),
    told: async (type: string) => {
      const events = await pullwright.events.list({ types: [type] })
      return events.map(({ data }) => data as Record<string, unknown>)
    },
    async close() {
      await pullwright.stop()
      await fake.close()
    },
  }
}

export type GitStage = Awaited<ReturnType<typeof gitStage>>

/** Runs 15, documented and merged; then 16 is proposed. Answers the proposal's number. */
export async function propose(stage: GitStage, more: object = {}): Promise<number> {
  await stage.emit('environment.deployed', deployment())
  await merge(stage, 1)
  const config = { model: 'gpt-4', temperature: 0.2, system_prompt: 'You are helpful.\nBe concise.' }
  await stage.emit('deployment.proposed', deployment({ revision: 16, deployment_id: 'dep_2', config, ...more }))
  return (await stage.pullRequests()).at(-1)?.number ?? 0
}

/** As a person does it, told by a webhook. */
export async function merge(stage: GitStage, number: number, by = 'jane'): Promise<string> {
  const commit = await stage.fake.state.mergePullRequest(REPOSITORY, number, { by })
  await stage.deliver('pull_request', { number, action: 'closed', by })
  return commit
}
