import type { PullRequestSpec } from '@pullwright/core'
import { distinctNames } from '@pullwright/core/vcs'
import { LIMITS } from '../limits.ts'

export interface TeamName {
  organization: string
  slug: string
  /** As it was written. */
  text: string
}

/** The labels and people asked for: each once, and what cannot be a name apart, for a pull request does not fail by it. */
export interface Names {
  labels: string[]
  reviewers: string[]
  teams: TeamName[]
  assignees: string[]
  /** Why each of the others was left out. */
  refused: { labels: string[]; reviewers: string[]; assignees: string[] }
}

export function namesOf(spec: PullRequestSpec, owner: string): Names {
  const labels = distinctNames(spec.labels, labelProblem)
  const reviewers = distinctNames(spec.reviewers?.map(withoutAt), loginProblem)
  const teams = distinctNames(spec.teamReviewers?.map(withoutAt), teamProblem)
  const assignees = distinctNames(spec.assignees?.map(withoutAt), loginProblem)
  return {
    labels: labels.names,
    reviewers: reviewers.names,
    teams: teams.names.map((text) => toTeam(text, owner)),
    assignees: assignees.names,
    refused: {
      labels: labels.problems,
      reviewers: [...reviewers.problems, ...teams.problems],
      assignees: assignees.problems,
    },
  }
}

function labelProblem(name: string): string | null {
  if (name === '') return 'is no label: it is empty'
  return [...name].length > LIMITS.label ? `is no label: GitHub takes ${LIMITS.label} characters` : null
}

function loginProblem(login: string): string | null {
  return /^[A-Za-z0-9_[\]-]{1,100}$/.test(login) ? null : 'is no user name'
}

function teamProblem(text: string): string | null {
  const parts = text.split('/')
  const fine = parts.length <= 2 && parts.every((part) => part.trim() !== '')
  return fine ? null : 'is no team: give its slug, or organisation/slug'
}

function toTeam(text: string, owner: string): TeamName {
  const [slug = '', organization = owner] = text.split('/').reverse()
  return { organization, slug: slug.toLowerCase(), text }
}

function withoutAt(text: string): string {
  const bare = text.trim().replace(/^@/, '')
  return bare === '' ? text : bare
}
