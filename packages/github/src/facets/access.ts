import { type CallOptions, isVcsError, type PullRequestRef, type VcsAccess } from '@pullwright/core'
import type { GitHubClient } from '../client.ts'
import { LABELED_EVENTS, type LabeledEventsData } from '../graphql/facet-queries.ts'
import { loginOf } from '../pull-request-view.ts'
import { contextOf, parametersOf } from '../pull-requests.ts'
import { repositoryName } from '../repository-name.ts'
import type { Viewer } from './viewer.ts'

export function access(client: GitHubClient, viewer: Viewer): VcsAccess {
  return {
    async self(repository: string, { signal }: CallOptions = {}) {
      repositoryName(repository)
      return viewer({ repository, doing: 'ask who we are', signal })
    },
    async permission(repository: string, user: string, { signal }: CallOptions = {}) {
      const { owner, name: repo } = repositoryName(repository)
      try {
        const { data } = await client.rest(
          (request, common) =>
            request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
              ...{ owner, repo, username: user },
              ...common,
            }),
          { repository, doing: `ask what ${user} may do`, needs: ['metadata=read'], signal },
        )
        return LEVELS[data.permission] ?? 'none'
      } catch (error) {
        if (isVcsError(error) && error.status === 404 && /is not a user/i.test(error.message)) return 'none'
        throw error
      }
    },
    async labeledBy(ref: PullRequestRef, label: string, options: CallOptions = {}) {
      const { owner, repo: name, pull_number: number } = parametersOf(ref)
      const context = contextOf(ref, 'ask who labelled pull request', ['pull_requests=read'], options)
      const { data } = await client.graphql<LabeledEventsData>(LABELED_EVENTS, { owner, name, number }, context)
      const events = data.repository?.pullRequest?.timelineItems.nodes ?? []
      const last = events.findLast((event) => event?.label.name.toLowerCase() === label.toLowerCase())
      return loginOf(last?.actor ?? null)
    },
  }
}

/** GitHub folds triage into `read`, and maintain into `write`: docs.github.com/rest/collaborators/collaborators. */
const LEVELS: Readonly<Record<string, 'none' | 'read' | 'write' | 'admin'>> = {
  none: 'none',
  read: 'read',
  write: 'write',
  admin: 'admin',
}
