import { type CallOptions, isVcsError, type MergeMethod, VcsError } from '@pullwright/core'
import { type KnownPullRequest, readMarker, type Tip } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient, GraphQLAnswer } from '../client.ts'
import { type CommitNode, nodesOf, type PullRequestNode } from '../graphql/fragments.ts'
import {
  type OpenPullRequestNode,
  type PublishPlanData,
  publishPlanDocument,
  type RelativeNode,
} from '../graphql/publish-plan.ts'
import type { GraphQLProblem } from '../graphql-problem.ts'
import { foreignCommits } from './authors.ts'
import { type GitHubJob, jobParents } from './job.ts'
import type { Plan } from './plan.ts'

type RepositoryNode = NonNullable<PublishPlanData['repository']>

/** Reads everything publishing needs, in one request. */
export async function readPlan(client: GitHubClient, job: GitHubJob, options: CallOptions): Promise<Plan> {
  const context: CallContext = { repository: job.spec.repository, doing: 'read the repository', signal: options.signal }
  try {
    return toPlan(client, job, context, await ask(client, job, context))
  } catch (error) {
    // A classic token without `read:org` is refused the whole query for the sake of the teams.
    if (job.teams.length === 0 || !isVcsError(error) || !error.missing.some((one) => one.endsWith(':org'))) throw error
    const plan = toPlan(client, job, context, await ask(client, { ...job, teams: [] }, context))
    const problem = `the token lacks ${error.missing.join(' or ')}, which naming a team takes`
    return { ...plan, teams: new Map(job.teams.map((team) => [team.text, { problem }])) }
  }
}

function ask(client: GitHubClient, job: GitHubJob, context: CallContext): Promise<GraphQLAnswer<PublishPlanData>> {
  const { base, branch } = job.spec
  const people = peopleOf(job)
  const parents = jobParents(job)
  const entries: [string, string][] = [
    ...job.files.map(({ path }, n): [string, string] => [`f${n}`, path]),
    ...parents.map((name, n): [string, string] => [`p${n}`, `refs/heads/${name}`]),
    ...job.labels.map((name, n): [string, string] => [`l${n}`, name]),
    ...people.map((login, n): [string, string] => [`u${n}`, login]),
    ...job.teams.flatMap(({ organization, slug }, n): [string, string][] => [
      [`o${n}`, organization],
      [`t${n}`, slug],
    ]),
  ]
  const size = {
    files: job.files.length,
    parents: parents.length,
    labels: job.labels.length,
    people: people.length,
    teams: job.teams.length,
  }
  const variables = {
    owner: job.owner,
    name: job.name,
    base,
    baseRef: `refs/heads/${base}`,
    branch,
    branchRef: `refs/heads/${branch}`,
    below: `refs/heads/${branch}/`,
    teams: job.teams.length > 0,
    ...Object.fromEntries(entries),
  }
  return client.graphql<PublishPlanData>(publishPlanDocument(size), variables, context)
}

function toPlan(
  client: GitHubClient,
  job: GitHubJob,
  context: CallContext,
  answer: GraphQLAnswer<PublishPlanData>,
): Plan {
  const { data, problems } = answer
  const blocking = problems.find((problem) => !isHarmless(problem))
  const node = data.repository
  if (!node) {
    const problem = problems.find(({ path }) => path[0] === 'repository') ?? blocking
    throw problem === undefined ? notFound(job) : client.refused(problem, context)
  }
  if (blocking !== undefined) throw client.refused(blocking, { ...context, needs: needsOf(blocking) })
  if (node.isArchived) {
    throw new VcsError('policy', `${node.nameWithOwner} is archived and read-only. Unarchive it, or route elsewhere.`)
  }
  return { ...repositoryPart(client, job, data.viewer.login, node), ...namesPart(job, data, node, problems) }
}

function repositoryPart({ hosted }: GitHubClient, job: GitHubJob, viewer: string, node: RepositoryNode) {
  const head = tipOf(job, node.head?.target ?? null)
  return {
    viewer,
    repositoryId: node.id,
    repository: node.nameWithOwner,
    autoMergeAllowed: node.autoMergeAllowed,
    mergeMethods: mergeMethods(node),
    base: tipOf(job, node.base?.target ?? null) ?? missingBase(job, node),
    head: head === null ? null : { ...head, contained: node.head?.compare?.behindBy === 0 },
    open: nodesOf(node.open)
      .filter((one) => !one.isCrossRepository)
      .map((one) => ({ ...known(one), node: one, foreign: foreignCommits(commitsOf(one), viewer, hosted) })),
    merged: nodesOf(node.merged)
      .filter((one) => !one.isCrossRepository)
      .map((one) => ({ ...known(one), node: one, mergedAt: Date.parse(one.mergedAt ?? '') })),
    relocated: nodesOf(node.relatives).flatMap((relative) => relocated(job, relative)),
    clash: clashOf(job, node),
  }
}

function known(node: PullRequestNode): KnownPullRequest {
  const { number, body, baseRefName: base, headRefOid: head, viewerDidAuthor: ours, author } = node
  return { number, body, base, head, ours, author: author?.login ?? null }
}

function commitsOf({ commits }: OpenPullRequestNode): CommitNode[] {
  return nodesOf(commits).map(({ commit }) => commit)
}

function tipOf(job: GitHubJob, target: NonNullable<RepositoryNode['base']>['target']): Tip | null {
  if (target?.oid === undefined) return null
  const files = job.files.map(({ path }, n): [string, string | null] => {
    const file = target[`f${n}`] ?? null
    if (file !== null && file.type !== 'blob') {
      throw new VcsError(
        'invalid',
        `${JSON.stringify(path)} is a ${file.type === 'tree' ? 'folder' : file.type} there, not a file.`,
      )
    }
    return [path, file?.oid ?? null]
  })
  return { oid: target.oid, files: new Map(files) }
}

function missingBase(job: GitHubJob, { nameWithOwner, isEmpty }: RepositoryNode): never {
  const { base } = job.spec
  const message = isEmpty
    ? `${nameWithOwner} is empty: push a first commit to ${base} before pull requests can be opened.`
    : `The base branch ${JSON.stringify(base)} does not exist in ${nameWithOwner}. Create it, or name another in the route.`
  throw new VcsError('not-found', message)
}

function clashOf(job: GitHubJob, node: RepositoryNode): string | null {
  const parent = jobParents(job).find((_, n) => node[`p${n}`])
  return parent ?? (nodesOf(node.below).length > 0 ? `${job.spec.branch}/…` : null)
}

function relocated(job: GitHubJob, { name, associatedPullRequests }: RelativeNode) {
  return nodesOf(associatedPullRequests).flatMap((one) => {
    const asked = readMarker(one.body)?.branch
    const ours = one.viewerDidAuthor && one.baseRefName === job.spec.base && asked === job.requested
    return ours ? [{ branch: name, number: one.number }] : []
  })
}

function namesPart(job: GitHubJob, data: PublishPlanData, node: RepositoryNode, problems: readonly GraphQLProblem[]) {
  return {
    labels: new Map(job.labels.map((name, n) => [name.toLowerCase(), node[`l${n}`]?.id ?? null])),
    people: new Map(peopleOf(job).map((login, n) => [login.toLowerCase(), data[`u${n}`]?.id ?? null])),
    teams: new Map(
      job.teams.map((team, n) => {
        const found = data[`t${n}`]?.team
        const said = problems.find(({ path }) => path[0] === `t${n}`)
        return [team.text, found ? { id: found.id } : { problem: teamProblem(said) }]
      }),
    ),
  }
}

function teamProblem(said: GraphQLProblem | undefined): string {
  if (said === undefined) return 'there is no such team, or it is hidden from the token'
  if (said.type === 'NOT_FOUND') return 'there is no such organisation'
  return `the token may not see it (members=read): ${said.message}`
}

/** Reviewers and assignees, each once. */
function peopleOf(job: GitHubJob): string[] {
  return [...new Map([...job.reviewers, ...job.assignees].map((login) => [login.toLowerCase(), login])).values()]
}

/** What is missing is told by its null: GitHub adds an error to each. Nor do teams that are out of reach matter. */
function isHarmless({ type, path }: GraphQLProblem): boolean {
  const [root] = path
  const leaf = path.at(-1)
  if (typeof root === 'string' && /^t\d+$/.test(root)) return true
  // Such as a reviewer whom the token may not see, on a pull request that it may.
  if (path.length > 4 && ['open', 'merged', 'relatives'].includes(String(path[1]))) return true
  return type === 'NOT_FOUND' && typeof leaf === 'string' && /^(?:[fluop]\d+|file)$/.test(leaf)
}

/** Which permission a field of the repository takes. */
function needsOf({ path }: GraphQLProblem): string[] {
  if (path[0] !== 'repository') return []
  if (['open', 'merged', 'relatives'].includes(String(path[1]))) return ['pull_requests=read']
  return /^l\d+$/.test(String(path[1])) ? ['issues=read'] : ['contents=read']
}

function mergeMethods(node: RepositoryNode): MergeMethod[] {
  const allowed: [MergeMethod, boolean][] = [
    ['merge', node.mergeCommitAllowed],
    ['squash', node.squashMergeAllowed],
    ['rebase', node.rebaseMergeAllowed],
  ]
  return allowed.filter(([, yes]) => yes).map(([method]) => method)
}

function notFound(job: GitHubJob): VcsError {
  const message = `${job.spec.repository} was not found, or is hidden from this credential.`
  return new VcsError('not-found', `${message} Check the name, and that the token was given access to it.`)
}
