import type { PullRequestSpec } from '@pullwright/core'
import { type Job, parentNames, toJob } from '@pullwright/core/vcs'
import { RULES } from '../limits.ts'
import { repositoryName } from '../repository-name.ts'
import { type Names, namesOf } from './names.ts'

/** A job, and whom and what it names on GitHub. */
export interface GitHubJob extends Job, Names {
  owner: string
  name: string
}

export function toGitHubJob(spec: PullRequestSpec): GitHubJob {
  const { owner, name } = repositoryName(spec.repository)
  return { ...toJob(spec, RULES), owner, name, ...namesOf(spec, owner) }
}

export function jobParents(job: Job): string[] {
  return parentNames(job.spec.branch)
}
