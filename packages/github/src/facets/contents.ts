import { type CallOptions, type ChangedFile, isVcsError, type PullRequestRef, type VcsContents } from '@pullwright/core'
import type { GitHubClient } from '../client.ts'
import { contextOf, parametersOf } from '../pull-requests.ts'
import { repositoryName } from '../repository-name.ts'
import { allPages, PER_PAGE } from './all-pages.ts'

export function contents(client: GitHubClient): VcsContents {
  return {
    /** GitHub lists at most 3,000 files: docs.github.com/rest/pulls/pulls. */
    async changedFiles(ref: PullRequestRef, options: CallOptions = {}) {
      const context = contextOf(ref, 'list the files of pull request', ['pull_requests=read'], options)
      const files = await allPages(async (page) => {
        const { data } = await client.rest(
          (request, common) =>
            request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
              ...parametersOf(ref),
              ...{ page, per_page: PER_PAGE },
              ...common,
            }),
          context,
        )
        return data
      })
      return files.flatMap(({ filename: path, status: said, previous_filename: previousPath }): ChangedFile[] => {
        const status = STATUSES[said]
        if (status === undefined) return []
        return [{ path, status, ...(status === 'renamed' && previousPath !== undefined ? { previousPath } : {}) }]
      })
    },
    async mergeBase(repository: string, one: string, other: string, { signal }: CallOptions = {}) {
      const { owner, name: repo } = repositoryName(repository)
      try {
        const { data } = await client.rest(
          (request, common) =>
            request('GET /repos/{owner}/{repo}/compare/{basehead}', {
              ...{ owner, repo, basehead: `${one}...${other}`, per_page: 1 },
              ...common,
            }),
          { repository, doing: `compare ${one} with ${other}`, needs: ['contents=read'], signal },
        )
        return data.merge_base_commit.sha
      } catch (error) {
        if (isVcsError(error) && /No common ancestor/i.test(error.message)) return null
        throw error
      }
    },
  }
}

/** GitHub's `status` of a file; `unchanged` ones are left out. */
const STATUSES: Readonly<Record<string, ChangedFile['status']>> = {
  added: 'added',
  copied: 'added',
  modified: 'modified',
  changed: 'modified',
  removed: 'removed',
  renamed: 'renamed',
}
