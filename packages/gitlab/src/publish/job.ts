import type { PullRequestSpec } from '@pullwright/core'
import { distinctNames, type Job, toJob } from '@pullwright/core/vcs'
import { escapeQuickActions } from '../escape-quick-actions.ts'
import { projectPath } from '../project-path.ts'
import { LIMITS, RULES } from '../rules.ts'

/** A checked specification, with what is GitLab's own. */
export interface GitLabJob extends Job {
  project: string
  labels: string[]
  reviewers: string[]
  assignees: string[]
  /** Why some of the names were left out. */
  refused: { labels: string[]; reviewers: string[]; assignees: string[] }
}

export function toGitLabJob(spec: PullRequestSpec): GitLabJob {
  const project = projectPath(spec.repository)
  const labels = distinctNames(spec.labels, labelProblem)
  const reviewers = distinctNames(spec.reviewers?.map(withoutAt), usernameProblem)
  const assignees = distinctNames(spec.assignees?.map(withoutAt), usernameProblem)
  return {
    ...toJob({ ...spec, body: escapeQuickActions(spec.body) }, RULES),
    project,
    labels: labels.names,
    reviewers: reviewers.names,
    assignees: assignees.names,
    refused: { labels: labels.problems, reviewers: reviewers.problems, assignees: assignees.problems },
  }
}

function labelProblem(name: string): string | null {
  if (name === '') return 'is no label: it is empty'
  if (name.includes(',')) return 'is no label: GitLab takes no comma in one'
  return [...name].length > LIMITS.label ? `is no label: GitLab takes ${LIMITS.label} characters` : null
}

function usernameProblem(name: string): string | null {
  return /^[A-Za-z0-9_.-]{1,255}$/.test(name) ? null : 'is no user name'
}

function withoutAt(text: string): string {
  const bare = text.trim().replace(/^@/, '')
  return bare === '' ? text : bare
}
