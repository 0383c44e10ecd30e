import { VcsError } from '@pullwright/core'

export interface RepositoryName {
  workspace: string
  repo_slug: string
}

/** `workspace/slug`, as Bitbucket's routes name them; refuses anything else before a request is made. */
export function repositoryName(text: string): RepositoryName {
  const [, workspace = '', repo_slug = ''] = /^([A-Za-z0-9_-]{1,62})\/([A-Za-z0-9._-]{1,62})$/.exec(text) ?? []
  if (workspace === '' || repo_slug === '.' || repo_slug === '..') {
    throw new VcsError('invalid', `A repository is given as workspace/slug, not ${JSON.stringify(text)}.`)
  }
  return { workspace, repo_slug }
}

/** The parameters of a route about one pull request. */
export function pullRequestName({ repository, number }: { repository: string; number: number }) {
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new VcsError('invalid', `${number} is no number of a pull request.`)
  }
  return { ...repositoryName(repository), pull_request_id: number }
}
