import type { World } from '../model/world.ts'
import { accountView, teamView } from './account-view.ts'
import type { Graph } from './context.ts'
import { commitView, gitObjectView } from './git-views.ts'
import { commentView, labelView } from './issue-views.ts'
import { pullRequestView } from './pull-request-view.ts'
import { refView } from './ref-view.ts'
import { repositoryView } from './repository-view.ts'

/** Ties the views of one world together. */
export function graphOf(world: World): Graph {
  const graph: Graph = {
    world,
    view: {
      account: (account) => accountView(graph, account),
      team: (team) => teamView(graph, team),
      repository: (repository) => repositoryView(graph, repository),
      ref: (repository, name) => refView(graph, repository, name),
      commit: (repository, commit) => commitView(graph, repository, commit),
      object: (repository, object) => gitObjectView(graph, repository, object),
      pullRequest: (pullRequest) => pullRequestView(graph, pullRequest),
      label: (label) => labelView(graph, label),
      comment: (comment) => commentView(graph, comment),
    },
  }
  return graph
}
