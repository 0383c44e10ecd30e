import { stepOf } from '@pullwright/core/vcs'
import { nodesOf } from '../graphql/fragments.ts'
import type { Change, MutationAnswer } from '../graphql/mutations.ts'
import { autoMergeDecoration } from './auto-merge.ts'
import { type Decoration, settled, type Target } from './decoration.ts'
import type { GitHubJob } from './job.ts'
import type { Plan } from './plan.ts'

/**
 * What is asked for on this pull request and not there yet, in the order it is to be sent: auto-merge comes last, for
 * it may merge at once. `labelIds` by lower-case name.
 */
export function decorationsFor(
  job: GitHubJob,
  plan: Plan,
  target: Target,
  labelIds: ReadonlyMap<string, string | null>,
): Decoration[] {
  const all = [
    labels(job, target, labelIds),
    reviewers(job, plan, target),
    assignees(job, plan, target),
    autoMergeDecoration(job.spec, plan, target),
  ]
  return all.filter((one) => one !== null)
}

/** Names of labels that must be made first. */
function missingLabels(job: GitHubJob, plan: Plan): string[] {
  return job.labels.filter((name) => !plan.labels.get(name.toLowerCase()))
}

/** GitHub's own colour for a label that was made without one. */
const LABEL_COLOR = 'ededed'

export function createLabelChanges(job: GitHubJob, plan: Plan): Change[] {
  return missingLabels(job, plan).map((name, n) => ({
    alias: `label${n}`,
    field: 'createLabel',
    input: { repositoryId: plan.repositoryId, name, color: LABEL_COLOR },
  }))
}

/** The labels' ids once the missing ones were made. */
export function labelIds(plan: Plan, answers: readonly (MutationAnswer | null)[]): Map<string, string | null> {
  const made = answers.flatMap((answer) => (answer?.label ? [answer.label] : []))
  return new Map([...plan.labels, ...made.map(({ id, name }): [string, string] => [name.toLowerCase(), id])])
}

function labels(job: GitHubJob, target: Target, ids: ReadonlyMap<string, string | null>): Decoration | null {
  const refused = job.refused.labels
  if (job.labels.length + refused.length === 0) return null
  const absent = job.labels.filter((name) => !target.labels.has(name.toLowerCase()))
  const known = absent.flatMap((name) => ids.get(name.toLowerCase()) ?? [])
  const byName = absent.filter((name) => !ids.get(name.toLowerCase()))
  if (known.length === 0) return { ...settled('labels', stepOf('already', refused)), byName }
  return {
    step: 'labels',
    change: { alias: 'labels', field: 'addLabelsToLabelable', input: { labelableId: target.id, labelIds: known } },
    settle: (problem) => stepOf('applied', problem === null ? refused : [...refused, problem.message]),
    byName,
  }
}

export interface Reviewer {
  name: string
  field: 'userIds' | 'teamIds'
  id: string
}

/** Who can be asked for a review and was not, and why the others cannot. */
export function reviewersToAsk(job: GitHubJob, plan: Plan, target: Target): { ask: Reviewer[]; problems: string[] } {
  const ask: Reviewer[] = []
  const problems = [...job.refused.reviewers]
  for (const login of job.reviewers) {
    const id = plan.people.get(login.toLowerCase())
    if (!id) problems.push(`there is no user ${login}`)
    else if (isAuthor(login, target)) problems.push(`${login} opened the pull request and cannot review it`)
    else if (!target.reviewers.has(login.toLowerCase())) ask.push({ name: login, field: 'userIds', id })
  }
  for (const { text, organization, slug } of job.teams) {
    const team = plan.teams.get(text)
    if (team === undefined || 'problem' in team) problems.push(`team ${text}: ${team?.problem ?? 'unknown'}`)
    else if (!target.reviewers.has(`${organization}/${slug}`.toLowerCase())) {
      ask.push({ name: `team ${text}`, field: 'teamIds', id: team.id })
    }
  }
  return { ask, problems }
}

export function askReviewers(alias: string, target: Target, ask: readonly Reviewer[]): Change {
  const ids = (field: Reviewer['field']) => ask.filter((one) => one.field === field).map(({ id }) => id)
  const input = { pullRequestId: target.id, userIds: ids('userIds'), teamIds: ids('teamIds'), union: true }
  return { alias, field: 'requestReviews', input }
}

function reviewers(job: GitHubJob, plan: Plan, target: Target): Decoration | null {
  if (job.reviewers.length + job.teams.length + job.refused.reviewers.length === 0) return null
  const { ask, problems } = reviewersToAsk(job, plan, target)
  const onlyAuthor = problems.length > 0 && problems.every((one) => one.endsWith(CANNOT_REVIEW))
  const done = (status: 'applied' | 'already') =>
    onlyAuthor ? { status, error: problems.join('; ') } : stepOf(status, problems)
  if (ask.length === 0) return settled('reviewers', done('already'))
  return {
    step: 'reviewers',
    change: askReviewers('reviewers', target, ask),
    settle: (problem) => (problem === null ? done('applied') : stepOf('applied', [...problems, problem.message])),
  }
}

const CANNOT_REVIEW = 'opened the pull request and cannot review it'

function assignees(job: GitHubJob, plan: Plan, target: Target): Decoration | null {
  if (job.assignees.length + job.refused.assignees.length === 0) return null
  const unknown = job.assignees.filter((login) => !plan.people.get(login.toLowerCase()))
  const problems = [...job.refused.assignees, ...unknown.map((login) => `there is no user ${login}`)]
  const absent = job.assignees.filter((login) => !target.assignees.has(login.toLowerCase()) && !unknown.includes(login))
  if (absent.length === 0) return settled('assignees', stepOf('already', problems))
  const ids = absent.map((login) => plan.people.get(login.toLowerCase()))
  return {
    step: 'assignees',
    change: {
      alias: 'assignees',
      field: 'addAssigneesToAssignable',
      input: { assignableId: target.id, assigneeIds: ids },
    },
    settle: (problem, answer) => {
      if (problem !== null) return stepOf('applied', [...problems, problem.message])
      // GitHub passes over people it cannot assign without a word.
      const there = new Set(nodesOf(answer?.assignable?.assignees).map(({ login }) => login.toLowerCase()))
      const refused = absent.filter((login) => !there.has(login.toLowerCase()))
      const why = refused.map(
        (login) => `${login} cannot be assigned: GitHub takes 10 people who can read the repository`,
      )
      return stepOf('applied', [...problems, ...why])
    },
  }
}

function isAuthor(login: string, { author }: Target): boolean {
  return author?.toLowerCase() === login.toLowerCase()
}
