import { randomUUID } from 'node:crypto'
import { signWebhook } from '@pullwright/core'
import type { Session } from '../model/access.ts'
import type { PullRequest, Repository } from '../model/entities.ts'
import { findAccount, nameWithOwner, type World } from '../model/world.ts'
import { simpleUser } from '../rest/bodies/account-bodies.ts'
import { commentBody, fullPullRequest, labelBody, reviewBody } from '../rest/bodies/pull-request-body.ts'
import { repositoryBody } from '../rest/bodies/repository-body.ts'
import { checkRunBody } from '../rest/bodies/status-bodies.ts'
import { ensureAccount } from './setup.ts'

/** GitHub's own names of events: https://docs.github.com/webhooks/webhook-events-and-payloads */
export type DeliveryKind =
  | 'ping'
  | 'pull_request'
  | 'pull_request_review'
  | 'issue_comment'
  | 'push'
  | 'check_run'
  | 'status'
  | 'workflow_run'
  | 'repository'

export interface DeliveryOrder {
  repository: string
  /** What it is signed with. */
  secret: string
  /** Of the pull request that it is about. */
  number?: number
  /** Default: `closed`, `submitted`, `created` or `completed`, whichever the event has. */
  action?: string
  /** Who did it. Default `octocat`. */
  by?: string
  /** With `labeled`. */
  label?: string
  /** Default: a new one. */
  id?: string
  /** Members of the payload to put over the usual ones. */
  changes?: Record<string, unknown>
}

/** What a webhook receives: pass it to `/hooks/:source` as it is. */
export interface GitHubDelivery {
  headers: Record<string, string>
  body: string
}

/** Signed as GitHub signs, about the repository as it stands now. */
export async function makeDelivery(
  world: World,
  repository: Repository,
  kind: DeliveryKind,
  order: DeliveryOrder,
): Promise<GitHubDelivery> {
  const sender = findAccount(world, order.by ?? 'octocat') ?? ensureAccount(world, order.by ?? 'octocat', 'User')
  const session: Session = { token: null, account: sender }
  const common = { repository: repositoryBody(world, session, repository), sender: simpleUser(world, sender) }
  const payload = { ...(await PAYLOADS[kind]({ world, repository, order, session })), ...common, ...order.changes }
  const id = order.id ?? randomUUID()
  const body = JSON.stringify(payload)
  const signed = signWebhook('github', { secrets: order.secret, id, timestamp: new Date(world.now()), body })
  return {
    body,
    headers: {
      ...Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value])),
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': kind,
      'x-github-delivery': id,
      'x-github-hook-id': '1',
    },
  }
}

interface About {
  world: World
  repository: Repository
  order: DeliveryOrder
  session: Session
}

type Payload = (about: About) => Promise<Record<string, unknown>>

const PAYLOADS: Record<DeliveryKind, Payload> = {
  ping: async () => ({ zen: 'Keep it logically awesome.', hook_id: 1 }),
  async pull_request(about) {
    const pullRequest = pullRequestOf(about)
    const { action = 'closed', label } = about.order
    const named = about.repository.labels.find(({ name }) => name === label)
    return {
      action,
      number: pullRequest.number,
      pull_request: await fullPullRequest(about.world, about.session, pullRequest),
      ...(named === undefined ? {} : { label: labelBody(about.world, named) }),
    }
  },
  async pull_request_review(about) {
    const pullRequest = pullRequestOf(about)
    const review = pullRequest.reviews.at(-1)
    if (review === undefined) throw new Error(`Pull request ${pullRequest.number} has no review.`)
    const told = reviewBody(about.world, pullRequest, review)
    return {
      action: about.order.action ?? 'submitted',
      // Webhooks write it small, the REST API large.
      review: { ...told, state: told.state.toLowerCase() },
      pull_request: await fullPullRequest(about.world, about.session, pullRequest),
    }
  },
  async issue_comment(about) {
    const pullRequest = pullRequestOf(about)
    const comment = pullRequest.comments.at(-1)
    if (comment === undefined) throw new Error(`Pull request ${pullRequest.number} has no comment.`)
    const { number, title, body } = pullRequest
    const html_url = `${about.world.webUrl}/${nameWithOwner(about.repository)}/pull/${number}`
    return {
      action: about.order.action ?? 'created',
      issue: { number, title, body, html_url, pull_request: { html_url } },
      comment: commentBody(about.world, comment),
    }
  },
  async push({ repository, session }) {
    const ref = `refs/heads/${repository.defaultBranch}`
    const after = await repository.git.resolve(ref)
    const before = (await repository.git.resolve(`${after}^`)) ?? '0'.repeat(40)
    return { ref, before, after, forced: false, pusher: { name: session.account?.login ?? '' }, commits: [] }
  },
  async check_run({ world, repository, order }) {
    const run = repository.checkRuns.at(-1)
    if (run === undefined) throw new Error(`${nameWithOwner(repository)} has no check run.`)
    return { action: order.action ?? 'completed', check_run: checkRunBody(world, run) }
  },
  async status({ repository }) {
    const status = repository.statuses.at(-1)
    if (status === undefined) throw new Error(`${nameWithOwner(repository)} has no status.`)
    const { sha, context, state, description, targetUrl } = status
    return { id: status.databaseId, sha, context, state, description, target_url: targetUrl, branches: [] }
  },
  async workflow_run({ world, repository, order }) {
    const branch = repository.defaultBranch
    const html_url = `${world.webUrl}/${nameWithOwner(repository)}/actions/runs/1`
    const head_sha = await repository.git.resolve(`refs/heads/${branch}`)
    const run = {
      id: 1,
      name: 'CI',
      head_branch: branch,
      head_sha,
      status: 'completed',
      conclusion: 'success',
      html_url,
    }
    return { action: order.action ?? 'completed', workflow_run: { ...run, pull_requests: [] } }
  },
  repository: async ({ order }) => ({ action: order.action ?? 'created' }),
}

function pullRequestOf({ repository, order }: About): PullRequest {
  const found = repository.pullRequests.find(({ number }) => number === order.number)
  if (found === undefined) throw new Error(`${nameWithOwner(repository)} has no pull request ${order.number}.`)
  return found
}
