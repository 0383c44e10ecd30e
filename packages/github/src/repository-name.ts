import { VcsError } from '@pullwright/core'

export interface RepositoryName {
  owner: string
  name: string
}

/** `owner/name`; refuses anything else before a request is made. */
export function repositoryName(text: string): RepositoryName {
  const match = /^([A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)\/([A-Za-z0-9._-]{1,100})$/.exec(text)
  const [, owner = '', name = ''] = match ?? []
  if (match === null || name === '.' || name === '..') {
    throw new VcsError('invalid', `A repository is given as owner/name, not ${JSON.stringify(text)}.`)
  }
  return { owner, name }
}
