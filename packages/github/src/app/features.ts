/** What an App can be used for. */
export type GitHubAppFeature = 'pullRequests' | 'checks' | 'deployments' | 'statuses' | 'issues' | 'gitops' | 'teams'

export interface FeatureNeeds {
  permissions: Readonly<Record<string, 'read' | 'write'>>
  events: readonly string[]
}

/** Every App has this one: docs.github.com/apps/creating-github-apps/registering-a-github-app/choosing-permissions-for-a-github-app */
export const ALWAYS: FeatureNeeds['permissions'] = { metadata: 'read' }

/**
 * The permissions that each feature's calls need, and the events it acts on. Permissions by
 * docs.github.com/rest/authentication/permissions-required-for-github-apps; the permission that an event wants by
 * docs.github.com/webhooks/webhook-events-and-payloads. `installation` and `installation_repositories` come to every App
 * unasked, and may not be listed.
 */
export const FEATURES: Readonly<Record<GitHubAppFeature, FeatureNeeds>> = {
  // Branch and commit; the request, labels, reviewers, comments and merging.
  pullRequests: {
    permissions: { contents: 'write', pull_requests: 'write' },
    events: ['pull_request', 'pull_request_review'],
  },
  checks: { permissions: { checks: 'write' }, events: ['check_run'] },
  deployments: { permissions: { deployments: 'write' }, events: [] },
  statuses: { permissions: { statuses: 'write' }, events: ['status'] },
  // One for a deployment that failed, where a route asks for it.
  issues: { permissions: { issues: 'write' }, events: [] },
  // Reading what was merged, and answering on the pull request.
  gitops: {
    permissions: { contents: 'read', pull_requests: 'write' },
    events: ['pull_request', 'pull_request_review', 'push'],
  },
  // Asking a team for a review.
  teams: { permissions: { members: 'read' }, events: [] },
}
