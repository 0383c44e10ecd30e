import type { PullRequest } from '../model/entities.ts'
import { nameWithOwner } from '../model/world.ts'
import { mergeState, reviewDecision } from '../operations/merge-state.ts'
import { baseOf, headOf } from '../operations/pull-requests.ts'
import { connection, connectionOf, type PageArguments, pageWindow } from './connection.ts'
import { type Graph, type GraphContext, iso, type View } from './context.ts'
import { reviewView } from './issue-views.ts'

export function pullRequestView(graph: Graph, pullRequest: PullRequest): View {
  const { repository } = pullRequest
  const path = `/${nameWithOwner(repository)}/pull/${pullRequest.number}`
  const own = () => graph.view.repository(repository)
  return {
    __typename: 'PullRequest',
    id: pullRequest.id,
    databaseId: pullRequest.databaseId,
    fullDatabaseId: String(pullRequest.databaseId),
    number: pullRequest.number,
    title: pullRequest.title,
    body: pullRequest.body,
    bodyText: pullRequest.body,
    url: graph.world.webUrl + path,
    permalink: graph.world.webUrl + path,
    resourcePath: path,
    state: pullRequest.state,
    closed: pullRequest.state !== 'OPEN',
    merged: pullRequest.state === 'MERGED',
    isDraft: pullRequest.draft,
    isCrossRepository: pullRequest.fork !== null,
    locked: false,
    maintainerCanModify: pullRequest.maintainerCanModify,
    createdAt: iso(pullRequest.createdAt),
    updatedAt: iso(pullRequest.updatedAt),
    closedAt: iso(pullRequest.closedAt),
    mergedAt: iso(pullRequest.mergedAt),
    author: () => graph.view.account(pullRequest.author),
    viewerDidAuthor: (_: never, context: GraphContext) => context.session.account === pullRequest.author,
    mergedBy: () => (pullRequest.mergedBy === null ? null : graph.view.account(pullRequest.mergedBy)),
    repository: own,
    baseRepository: own,
    headRepository: () => headRepositoryView(graph, pullRequest),
    headRepositoryOwner: () => graph.view.account(repository.owner),
    baseRefName: pullRequest.baseRefName,
    headRefName: pullRequest.headRefName,
    baseRefOid: () => baseOf(pullRequest),
    headRefOid: () => headOf(pullRequest),
    baseRef: () => graph.view.ref(repository, `refs/heads/${pullRequest.baseRefName}`),
    headRef: () => graph.view.ref(repository, `refs/heads/${pullRequest.headRefName}`),
    ...mergeFields(graph, pullRequest),
    ...listFields(graph, pullRequest),
  }
}

/** A fork, as far as it is told of: by its name. */
function headRepositoryView(graph: Graph, { repository, fork }: PullRequest): View {
  const own = graph.view.repository(repository)
  return fork === null ? own : { ...own, id: `${repository.id}fork`, nameWithOwner: fork, isFork: true }
}

function mergeFields(graph: Graph, pullRequest: PullRequest) {
  const { repository } = pullRequest
  return {
    mergeCommit: async () => {
      const commit = await repository.git.commitAt(pullRequest.mergeCommitOid ?? '')
      return commit === null ? null : graph.view.commit(repository, commit)
    },
    mergeable: async () => {
      const state = await knownMergeState(pullRequest)
      return state === 'UNKNOWN' ? 'UNKNOWN' : state === 'DIRTY' ? 'CONFLICTING' : 'MERGEABLE'
    },
    mergeStateStatus: () => knownMergeState(pullRequest),
    reviewDecision: () => reviewDecision(pullRequest),
    autoMergeRequest: () => {
      const order = pullRequest.autoMerge
      if (order === null) return null
      return {
        __typename: 'AutoMergeRequest',
        authorEmail: order.enabledBy.email,
        commitBody: order.body,
        commitHeadline: order.headline,
        enabledAt: iso(order.enabledAt),
        enabledBy: () => graph.view.account(order.enabledBy),
        mergeMethod: order.method,
        pullRequest: () => graph.view.pullRequest(pullRequest),
      }
    },
    statusCheckRollup: async () => {
      const commit = await repository.git.commitAt(await headOf(pullRequest))
      const field = commit === null ? null : graph.view.commit(repository, commit).statusCheckRollup
      return typeof field === 'function' ? field() : null
    },
  }
}

/** GitHub works mergeability out in the background: the first reads may not know it yet. */
export async function knownMergeState(pullRequest: PullRequest) {
  if (pullRequest.unknownReads > 0) {
    pullRequest.unknownReads--
    return 'UNKNOWN'
  }
  return mergeState(pullRequest)
}

function listFields(graph: Graph, pullRequest: PullRequest) {
  const { git } = pullRequest.repository
  const own = async () => (await git.compare(await baseOf(pullRequest), await headOf(pullRequest))).commits
  return {
    labels: (args: PageArguments) => connection('labels', args, pullRequest.labels, (one) => graph.view.label(one)),
    assignees: (args: PageArguments) =>
      connection('assignees', args, pullRequest.assignees, (one) => graph.view.account(one)),
    reviewRequests: (args: PageArguments) =>
      connection('reviewRequests', args, pullRequest.reviewRequests, (one) => ({
        __typename: 'ReviewRequest',
        id: `RRQ_${pullRequest.id}${one.id}`,
        asCodeOwner: false,
        requestedReviewer: one.kind === 'Team' ? graph.view.team(one) : graph.view.account(one),
      })),
    reviews: (args: PageArguments & { states?: string[] | null }) =>
      connection(
        'reviews',
        args,
        pullRequest.reviews.filter((review) => !args.states || args.states.includes(review.state)),
        (one) => reviewView(graph, one),
      ),
    timelineItems: (args: PageArguments & { itemTypes?: string[] | null }) =>
      connection('timelineItems', args, labelEvents(pullRequest, args.itemTypes), ({ label, by }) => ({
        __typename: 'LabeledEvent',
        label: () => graph.view.label(label),
        actor: () => graph.view.account(by),
      })),
    comments: (args: PageArguments) =>
      connection('comments', args, pullRequest.comments, (one) => graph.view.comment(one)),
    commits: async (args: PageArguments) => {
      const oids = await own()
      const window = pageWindow('commits', args, oids.length)
      const page = await Promise.all(oids.slice(window.start, window.end).map((oid) => git.commitAt(oid)))
      const nodes = page.map((commit) => ({
        __typename: 'PullRequestCommit',
        id: `PRC_${pullRequest.id}${commit?.oid}`,
        commit: commit === null ? null : graph.view.commit(pullRequest.repository, commit),
      }))
      return connectionOf(window, nodes)
    },
    changedFiles: async () => (await changes(pullRequest)).length,
    additions: async () => (await changes(pullRequest)).reduce((sum, file) => sum + file.additions, 0),
    deletions: async () => (await changes(pullRequest)).reduce((sum, file) => sum + file.deletions, 0),
    files: async (args: PageArguments) =>
      connection('files', args, await changes(pullRequest), (file) => ({
        __typename: 'PullRequestChangedFile',
        path: file.path,
        additions: file.additions,
        deletions: file.deletions,
        changeType: { A: 'ADDED', M: 'MODIFIED', D: 'DELETED' }[file.status],
      })),
  }
}

/** Of the timeline the fake knows who set which label; an app's name loses its end there, as at GitHub. */
function labelEvents({ labeled }: PullRequest, types: readonly string[] | null | undefined) {
  if (types?.join() !== 'LABELED_EVENT')
    throw new Error('fakeGitHub tells of LABELED_EVENT alone: ask for it by itself')
  return labeled
}

/** From where the branches parted to the head. */
export async function changes(pullRequest: PullRequest) {
  const { git } = pullRequest.repository
  const [base, head] = [await baseOf(pullRequest), await headOf(pullRequest)]
  return git.diff((await git.mergeBase(base, head)) ?? base, head)
}
