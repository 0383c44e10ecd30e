import type { Repository } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import { protectionOf } from '../operations/branch-rules.ts'
import { connectionOf, type PageArguments, pageWindow } from './connection.ts'
import type { Graph, View } from './context.ts'
import { gitId } from './global-id.ts'
import { type PullRequestFilter, pullRequestConnection } from './pull-request-connection.ts'

/** The ref of this full name, or null. `main` and `heads/main` are taken too, as GitHub does. */
export async function refView(graph: Graph, repository: Repository, name: string): Promise<View | null> {
  for (const full of name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`]) {
    const target = await repository.git.read(full)
    if (target === null) continue
    const [, prefix = '', short = ''] = /^(refs\/[^/]+\/)(.*)$/.exec(full) ?? []
    return {
      __typename: 'Ref',
      id: gitId('Ref', repository, full),
      name: short,
      prefix,
      repository: () => graph.view.repository(repository),
      target: () => graph.view.object(repository, target),
      refUpdateRule: () => updateRule(repository, short),
      compare: (args: { headRef: string }) => comparison(graph, repository, full, args.headRef),
      associatedPullRequests: (args: PageArguments & PullRequestFilter) =>
        pullRequestConnection(
          graph,
          repository,
          { ...args, headRefName: args.headRefName ?? short },
          'associatedPullRequests',
        ),
    }
  }
  return null
}

/** Classic protection as everybody who can read may see it; rulesets are told of elsewhere. */
function updateRule(repository: Repository, branch: string): View | null {
  const protection = protectionOf(repository, branch)
  if (protection?.kind !== 'classic') return null
  return {
    __typename: 'RefUpdateRule',
    pattern: protection.branch,
    requiredApprovingReviewCount: protection.requirePullRequest ? protection.requiredApprovals : null,
    requiredStatusCheckContexts: protection.requiredChecks,
  }
}

async function comparison(graph: Graph, repository: Repository, base: string, headRef: string): Promise<View> {
  const { git } = repository
  const [from, to] = await Promise.all([git.commitAt(base), git.commitAt(headRef)])
  if (from === null || to === null)
    throw new Refusal('NOT_FOUND', `Could not resolve to a Ref with the name '${headRef}'.`)
  const { ahead, behind, commits } = await git.compare(from.oid, to.oid)
  return {
    __typename: 'Comparison',
    id: gitId('Commit', repository, `${from.oid}...${to.oid}`),
    aheadBy: ahead,
    behindBy: behind,
    status: ahead > 0 && behind > 0 ? 'DIVERGED' : ahead > 0 ? 'AHEAD' : behind > 0 ? 'BEHIND' : 'IDENTICAL',
    baseTarget: () => graph.view.commit(repository, from),
    headTarget: () => graph.view.commit(repository, to),
    commits: async (args: PageArguments) => {
      const window = pageWindow('commits', args, commits.length)
      const page = await Promise.all(commits.slice(window.start, window.end).map((oid) => git.commitAt(oid)))
      return connectionOf(
        window,
        page.map((commit) => (commit === null ? null : graph.view.commit(repository, commit))),
      )
    },
  }
}
