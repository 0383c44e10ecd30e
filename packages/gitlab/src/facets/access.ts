import { ProjectMembers, Users } from '@gitbeaker/rest'
import { type CallOptions, isVcsError, type VcsAccess, VcsError } from '@pullwright/core'
import type { GitLabClient } from '../client.ts'
import { projectPath } from '../project-path.ts'

/** By role: Reporter reads, Developer writes, Maintainer and Owner administer. Two requests. */
export function access(client: GitLabClient): VcsAccess {
  return {
    self: async (repository: string, { signal }: CallOptions = {}) => {
      projectPath(repository)
      return (await client.viewer({ repository, doing: 'ask who we are', signal })).username
    },
    async permission(repository: string, user: string, { signal }: CallOptions = {}) {
      const project = projectPath(repository)
      const context = { repository, doing: `look up ${user}`, signal }
      const [found] = await client.rest(context, (to) => new Users(to).all({ username: user, perPage: 20 }))
      if (found === undefined) return 'none'
      try {
        const member = await client.rest(context, (to) =>
          new ProjectMembers(to).show(project, found.id, { includeInherited: true }),
        )
        return levelName(member.access_level)
      } catch (error) {
        if (!isVcsError(error) || error.status !== 404) throw error
        if (!/Project Not Found/i.test(error.message)) return 'none'
        throw new VcsError('not-found', error.message, { cause: error, status: 404 })
      }
    },
  }
}

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels. A guest sees no code of a private project. */
function levelName(level: number): 'none' | 'read' | 'write' | 'admin' {
  if (level >= 40) return 'admin'
  if (level >= 30) return 'write'
  return level >= 15 ? 'read' : 'none'
}
