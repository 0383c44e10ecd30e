import { MergeRequests, Repositories } from '@gitbeaker/rest'
import { type CallOptions, type ChangedFile, isVcsError, type PullRequestRef, type VcsContents } from '@pullwright/core'
import type { GitLabClient } from '../client.ts'
import { mergeRequestId, projectPath } from '../project-path.ts'
import { contextOf } from '../pull-requests.ts'

export function contents(client: GitLabClient): VcsContents {
  return {
    async changedFiles(ref: PullRequestRef, options: CallOptions = {}) {
      const { project, iid } = mergeRequestId(ref)
      const context = contextOf(ref, 'read the files of merge request', ['role: Reporter'], options)
      const files = await client.rest(context, (to) => new MergeRequests(to).allDiffs(project, iid, { perPage: 100 }))
      return files.map((file): ChangedFile => {
        if (file.renamed_file) return { path: file.new_path, status: 'renamed', previousPath: file.old_path }
        return { path: file.new_path, status: file.new_file ? 'added' : file.deleted_file ? 'removed' : 'modified' }
      })
    },
    async mergeBase(repository: string, one: string, other: string, { signal }: CallOptions = {}) {
      const project = projectPath(repository)
      const context = { repository, doing: `find where ${one} and ${other} parted`, needs: ['role: Reporter'], signal }
      try {
        return (await client.rest(context, (to) => new Repositories(to).mergeBase(project, [one, other]))).id
      } catch (error) {
        if (isVcsError(error) && error.status === 404 && /Merge Base/i.test(error.message)) return null
        throw error
      }
    },
  }
}
