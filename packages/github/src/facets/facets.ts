import type { Vcs } from '@pullwright/core'
import type { GitHubClient } from '../client.ts'
import { access } from './access.ts'
import { checks } from './checks.ts'
import { contents } from './contents.ts'
import { deployments } from './deployments.ts'
import { issues } from './issues.ts'
import { reviews } from './reviews.ts'
import { viewerOf } from './viewer.ts'

type Facets = Required<Pick<Vcs, 'checks' | 'reviews' | 'contents' | 'access' | 'deployments' | 'issues'>>

/** What GitHub has beside pull requests; the facets share what they know of the credential. */
export function facetsOf(client: GitHubClient, now: () => number): Facets {
  const viewer = viewerOf(client)
  return {
    checks: checks(client, viewer, now),
    reviews: reviews(client),
    contents: contents(client),
    access: access(client, viewer),
    deployments: deployments(client, viewer),
    issues: issues(client),
  }
}
