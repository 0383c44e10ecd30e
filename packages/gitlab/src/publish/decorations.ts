import type { PublishStep, PublishSteps } from '@pullwright/core'
import { stepOf } from '@pullwright/core/vcs'
import type { MergeRequestBody } from '../merge-request-view.ts'
import type { GitLabJob } from './job.ts'
import type { State } from './state.ts'

/** What a merge request has of labels and people. */
type Decorated = Pick<MergeRequestBody, 'labels' | 'assignees' | 'reviewers'>

/** Numbers to send: GitLab replaces the whole set, so those who are there stay in it. */
export function peopleIds(
  names: readonly string[],
  { people }: Pick<State, 'people'>,
  there: Decorated['assignees'] = [],
): number[] | undefined {
  const present = there ?? []
  const known = new Set(present.map(({ username }) => username.toLowerCase()))
  const absent = names.flatMap((name) => (known.has(name.toLowerCase()) ? [] : (people.get(name.toLowerCase()) ?? [])))
  return absent.length === 0 ? undefined : [...present.map(({ id }) => id), ...absent]
}

export function absentLabels(job: GitLabJob, there: Decorated | null): string[] {
  const known = new Set(labelNames(there))
  return job.labels.filter((name) => !known.has(name))
}

/** What became of labels, reviewers and assignees: by the answer, for GitLab drops what it does not take without a word. */
export function decorationSteps(
  job: GitLabJob,
  state: State,
  before: Decorated | null,
  after: Decorated,
): PublishSteps {
  const { spec, refused } = job
  return {
    ...(spec.labels?.length ? { labels: labelsStep(job, before, after) } : {}),
    ...(spec.reviewers?.length || spec.teamReviewers?.length
      ? {
          reviewers: reviewersStep(
            job,
            peopleStep(job.reviewers, refused.reviewers, state, before?.reviewers, after.reviewers),
          ),
        }
      : {}),
    ...(spec.assignees?.length
      ? { assignees: peopleStep(job.assignees, refused.assignees, state, before?.assignees, after.assignees) }
      : {}),
  }
}

function labelsStep(job: GitLabJob, before: Decorated | null, after: Decorated): PublishStep {
  const there = new Set(labelNames(after))
  const dropped = job.labels.filter((name) => !there.has(name)).map((name) => `GitLab did not take the label ${name}`)
  return stepOf(absentLabels(job, before).length === 0 ? 'already' : 'applied', [...job.refused.labels, ...dropped])
}

function peopleStep(
  names: readonly string[],
  refused: readonly string[],
  { people }: State,
  before: Decorated['reviewers'],
  after: Decorated['reviewers'],
): PublishStep {
  const [had, has] = [usernames(before), usernames(after)]
  const problems = names.flatMap((name) => {
    if (has.has(name.toLowerCase())) return []
    if (!people.has(name.toLowerCase())) return [`there is no user ${name}`]
    return [`GitLab did not take ${name}: the person may not see the project, or the plan allows only one`]
  })
  const done = names.every((name) => had.has(name.toLowerCase())) ? 'already' : 'applied'
  return stepOf(done, [...refused, ...problems])
}

/** GitLab asks people, not teams. */
function reviewersStep({ spec }: GitLabJob, people: PublishStep): PublishStep {
  const teams = spec.teamReviewers ?? []
  if (teams.length === 0) return people
  const error = `GitLab asks people, not teams, so ${teams.join(', ')} was not asked. Name people, or use approval rules.`
  const more = people.error === undefined ? '' : ` ${people.error}`
  return { status: people.status === 'failed' ? 'failed' : 'unsupported', error: error + more }
}

function usernames(people: Decorated['reviewers']): Set<string> {
  return new Set((people ?? []).map(({ username }) => username.toLowerCase()))
}

function labelNames(one: Decorated | null): string[] {
  return (one?.labels ?? []).map((label) => (typeof label === 'string' ? label : label.name))
}
