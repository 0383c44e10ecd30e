import { demand, hasRole, roleOf } from '../model/access.ts'
import type { Repository } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import { nameWithOwner } from '../model/world.ts'
import { findLabel } from '../operations/labels.ts'
import { connection, connectionOf, type PageArguments, pageWindow } from './connection.ts'
import { type Graph, type GraphContext, iso, type View } from './context.ts'
import { issueView } from './issue-views.ts'
import { type PullRequestFilter, pullRequestConnection } from './pull-request-connection.ts'

export function repositoryView(graph: Graph, repository: Repository): View {
  const path = `/${nameWithOwner(repository)}`
  return {
    __typename: 'Repository',
    id: repository.id,
    databaseId: repository.databaseId,
    name: repository.name,
    nameWithOwner: nameWithOwner(repository),
    description: repository.description,
    owner: () => graph.view.account(repository.owner),
    url: graph.world.webUrl + path,
    resourcePath: path,
    isPrivate: repository.private,
    visibility: repository.private ? 'PRIVATE' : 'PUBLIC',
    isArchived: repository.archived,
    isDisabled: false,
    isLocked: false,
    isFork: false,
    isTemplate: false,
    isMirror: false,
    isInOrganization: repository.owner.kind === 'Organization',
    isEmpty: async () => (await repository.git.refs('refs/heads/')).length === 0,
    hasIssuesEnabled: repository.hasIssues,
    createdAt: iso(repository.createdAt),
    updatedAt: iso(repository.updatedAt),
    pushedAt: iso(repository.pushedAt),
    autoMergeAllowed: repository.allowAutoMerge,
    deleteBranchOnMerge: repository.deleteBranchOnMerge,
    mergeCommitAllowed: repository.mergeMethods.includes('MERGE'),
    squashMergeAllowed: repository.mergeMethods.includes('SQUASH'),
    rebaseMergeAllowed: repository.mergeMethods.includes('REBASE'),
    viewerDefaultMergeMethod: repository.mergeMethods[0] ?? 'MERGE',
    viewerPermission: (_: never, { session }: GraphContext) =>
      roleOf(session.account, repository)?.toUpperCase() ?? null,
    viewerCanAdminister: (_: never, { session }: GraphContext) =>
      session.account !== null && hasRole(session.account, repository, 'admin'),
    ...gitFields(graph, repository),
    ...listFields(graph, repository),
  }
}

function gitFields(graph: Graph, repository: Repository) {
  const { git } = repository
  return {
    defaultBranchRef: () => graph.view.ref(repository, `refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: { qualifiedName: string }) => graph.view.ref(repository, qualifiedName),
    refs: async (args: PageArguments & { refPrefix: string; query?: string | null }) => {
      if (!args.refPrefix.startsWith('refs/')) return connection('refs', args, [], () => null)
      const all = (await git.refs(args.refPrefix)).filter(({ name }) => name.includes(args.query ?? ''))
      const window = pageWindow('refs', args, all.length)
      const page = all.slice(window.start, window.end)
      return connectionOf(window, await Promise.all(page.map(({ name }) => graph.view.ref(repository, name))))
    },
    object: async ({ expression, oid }: { expression?: string | null; oid?: string | null }) =>
      graph.view.object(repository, await git.read(oid ?? expression ?? '')),
    branchProtectionRules: (args: PageArguments) =>
      connection('branchProtectionRules', args, repository.protections, (rule) => ({
        __typename: 'BranchProtectionRule',
        id: `BPR_${repository.id}${rule.branch}`,
        pattern: rule.branch,
        requiresApprovingReviews: rule.requiredApprovals > 0,
        requiredApprovingReviewCount: rule.requiredApprovals,
        requiresStatusChecks: rule.requiredChecks.length > 0,
        requiredStatusCheckContexts: rule.requiredChecks,
      })),
  }
}

interface IssueFilter extends PageArguments {
  states?: string[] | null
  orderBy?: { field: string; direction: 'ASC' | 'DESC' } | null
}

function listFields(graph: Graph, repository: Repository) {
  return {
    label: ({ name }: { name: string }) => {
      const label = findLabel(repository, name)
      return label === undefined ? null : graph.view.label(label)
    },
    labels: (args: PageArguments & { query?: string | null }) => {
      const wanted = (args.query ?? '').toLowerCase()
      const found = repository.labels.filter((label) => label.name.toLowerCase().includes(wanted))
      return connection('labels', args, found, (label) => graph.view.label(label))
    },
    pullRequest: ({ number }: { number: number }) => {
      const found = repository.pullRequests.find((pullRequest) => pullRequest.number === number)
      if (found === undefined) {
        throw new Refusal('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`)
      }
      return graph.view.pullRequest(found)
    },
    pullRequests: (args: PageArguments & PullRequestFilter) => pullRequestConnection(graph, repository, args),
    issues: (args: IssueFilter, { session }: GraphContext) => {
      demand(session, repository, { permissions: ['issues'], level: 'read' })
      const found = repository.issues.filter((issue) => !args.states || args.states.includes(issue.state))
      const key = args.orderBy?.field === 'UPDATED_AT' ? 'updatedAt' : 'createdAt'
      const sign = args.orderBy?.direction === 'DESC' ? -1 : 1
      const sorted = [...found].sort((a, b) => sign * (a[key] - b[key] || a.number - b.number))
      return connection('issues', args, sorted, (issue) => issueView(graph, issue))
    },
    assignableUsers: (args: PageArguments & { query?: string | null }) => {
      const people = [...graph.world.accounts.values()].filter(
        (one) => one.kind === 'User' && hasRole(one, repository, 'write') && one.login.includes(args.query ?? ''),
      )
      return connection('assignableUsers', args, people, (one) => graph.view.account(one))
    },
  }
}
