import { defineSource, type Plugin, schemes } from '@pullwright/core'
import { issueEvents } from './issue-events.ts'
import { readIssueEvent } from './read-issue-event.ts'

export interface JiraOptions {
  /** The webhook's secret; several while one replaces another. Empty is refused. */
  secret: string | readonly (string | undefined)[] | undefined
  /** The last part of `/hooks/:source`, and the plugin's name. Default `jira`. */
  name?: string
  /**
   * The Pullwright project of what Jira sends: one for all, or by the key of Jira's project, such as `SP`; undefined
   * leaves the delivery out. Default `default`.
   */
  project?: string | ((jiraProjectKey: string) => string | undefined)
  /** Larger bodies are answered 413. Default 25 MiB. */
  maxBodyBytes?: number
}

/**
 * The webhooks of Jira: issues created, updated and deleted, and comments on them, become `issue.created`,
 * `issue.updated`, `issue.deleted` and `issue.commented`. Everything else is acknowledged and means nothing. Signed with
 * `X-Hub-Signature`; one delivery is known again by `X-Atlassian-Webhook-Identifier`, and by its body for a day. Throws
 * `invalid-argument` for unusable options.
 */
export function jira({ secret, name = 'jira', project = 'default', maxBodyBytes }: JiraOptions): Plugin {
  const projectOf = typeof project === 'function' ? project : () => project
  const source = defineSource({
    name,
    scheme: schemes.jira,
    secrets: secret,
    normalise: ({ json }) => readIssueEvent(json, { tracker: name, projectOf }),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
  })
  return { apiVersion: 1, name, events: Object.values(issueEvents), sources: [source] }
}
