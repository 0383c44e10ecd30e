import type { CheckRun, Repository, Status } from '../model/entities.ts'
import { latestRuns } from '../operations/check-runs.ts'
import { latestStatuses } from '../operations/merge-state.ts'
import { connection, type PageArguments } from './connection.ts'
import { type Graph, iso, type View } from './context.ts'
import { gitId } from './global-id.ts'

/** The fields `status` and `statusCheckRollup` of a commit. Both are null where nothing has reported. */
export function statusView(graph: Graph, repository: Repository, oid: string) {
  const statuses = () => latestStatuses(repository.statuses, oid)
  const runs = () => latestRuns(repository.checkRuns.filter((run) => run.sha === oid))
  return {
    status: () => {
      const all = statuses()
      if (all.length === 0) return null
      const contexts = all.map((status) => contextView(graph, status))
      return {
        __typename: 'Status',
        id: gitId('Commit', repository, `${oid}-status`),
        state: rollup(all, []),
        contexts,
      }
    },
    statusCheckRollup: () => {
      const [all, checks] = [statuses(), runs()]
      if (all.length + checks.length === 0) return null
      return {
        __typename: 'StatusCheckRollup',
        id: gitId('Commit', repository, `${oid}-rollup`),
        state: rollup(all, checks),
        contexts: (args: PageArguments) =>
          connection('contexts', args, [...all, ...checks], (one) =>
            one.kind === 'CheckRun' ? checkRunView(one) : contextView(graph, one),
          ),
      }
    },
  }
}

function contextView(graph: Graph, status: Status): View {
  return {
    __typename: 'StatusContext',
    id: status.id,
    context: status.context,
    state: status.state.toUpperCase(),
    description: status.description,
    targetUrl: status.targetUrl,
    createdAt: iso(status.createdAt),
    creator: () => graph.view.account(status.creator),
  }
}

export function checkRunView(run: CheckRun): View {
  return {
    __typename: 'CheckRun',
    id: run.id,
    databaseId: run.databaseId,
    name: run.name,
    status: run.status,
    conclusion: run.conclusion,
    detailsUrl: run.detailsUrl,
    externalId: run.externalId,
    title: run.output.title,
    summary: run.output.summary,
    text: run.output.text,
    startedAt: iso(run.startedAt),
    completedAt: iso(run.completedAt),
  }
}

function rollup(statuses: readonly Status[], runs: readonly CheckRun[]): string {
  const states = [
    ...statuses.map((status) => status.state.toUpperCase()),
    ...runs.map((run) =>
      run.status !== 'COMPLETED' ? 'PENDING' : run.conclusion === 'SUCCESS' ? 'SUCCESS' : 'FAILURE',
    ),
  ]
  return ['ERROR', 'FAILURE', 'PENDING'].find((state) => states.includes(state)) ?? 'SUCCESS'
}
