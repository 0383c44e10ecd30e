/**
 * What each of GitHub's published webhooks becomes, by event and action (`''` where it has none): the type of our event,
 * `null` for none, with the reason. Both where it depends on what the webhook is about. The payloads:
 * @octokit/webhooks-examples.
 */
export interface WebhookRow {
  event: string
  actions: readonly string[]
  becomes: readonly (string | null)[]
  why: string
}

const NONE = [null] as const
const none = (event: string, actions: string, why: string): WebhookRow => ({
  event,
  actions: actions.split(' '),
  becomes: NONE,
  why,
})

const RULES = 'rules are read when they are needed'
const PEOPLE = 'who belongs where is asked when it is needed'
const ALERTS = 'security alerts are the forge’s own affair'
const TALK = 'talk beside code'
const PLANNING = 'planning beside code'
const SOCIAL = 'no work is done by it'
const OURS = 'what the forge keeps of deployments is written by us or by others, and tells the host nothing new'
const MONEY = 'purchases are no affair of a forge adapter'
const ISSUES = 'issues ask for nothing'
const STILL = 'it has not come to its end'

export const WEBHOOKS: readonly WebhookRow[] = [
  { event: 'pull_request', actions: ['opened', 'reopened'], becomes: ['pull_request.opened'], why: 'it is open' },
  { event: 'pull_request', actions: ['closed'], becomes: ['pull_request.closed'], why: 'without being merged, here' },
  {
    event: 'pull_request',
    actions: ['labeled'],
    becomes: ['pull_request.labeled'],
    why: 'a label may ask for a deployment',
  },
  {
    event: 'pull_request',
    actions: ['synchronize', 'ready_for_review', 'converted_to_draft'],
    becomes: ['pull_request.updated'],
    why: 'it is another one to read',
  },
  none('pull_request', 'assigned unassigned locked unlocked unlabeled', 'nothing that we act on changed'),
  none('pull_request', 'review_requested review_request_removed', 'the review itself is what counts'),
  {
    event: 'pull_request_review',
    actions: ['submitted', 'dismissed'],
    becomes: ['pull_request.reviewed'],
    why: 'a verdict was given or taken back',
  },
  {
    event: 'pull_request_review_comment',
    actions: ['created'],
    becomes: ['pull_request.commented'],
    why: 'a comment at a line',
  },
  none('pull_request_review_comment', 'edited deleted', 'only new comments are told'),
  none('pull_request_review_thread', 'resolved unresolved', 'the comments were told before'),
  none('issue_comment', 'created edited deleted', 'these are on issues; on a pull request `created` is a comment'),
  { event: 'push', actions: [''], becomes: ['push', null], why: 'to a branch; a tag is none' },
  {
    event: 'workflow_run',
    actions: ['completed'],
    becomes: ['pipeline.completed', null],
    why: 'with a conclusion; one that has none is not over',
  },
  none('workflow_run', 'requested', STILL),
  none('workflow_job', 'in_progress completed queued waiting', 'its run is told as a whole'),
  none('workflow_dispatch', '', 'it asks a workflow for something, not us'),
  { event: 'check_run', actions: ['completed'], becomes: ['check.completed'], why: 'it came to its end' },
  none('check_run', 'created', STILL),
  none('check_run', 'requested_action rerequested', 'checks are written anew when something changes'),
  none('check_suite', 'completed requested rerequested', 'its runs are told one by one'),
  { event: 'status', actions: [''], becomes: ['check.completed'], why: 'these are no longer pending' },
  { event: 'repository', actions: ['created'], becomes: ['repository.created'], why: 'it is new' },
  none('repository', 'publicized privatized edited renamed transferred', 'looked up when it is needed'),
  {
    event: 'installation',
    actions: ['created'],
    becomes: ['installation.changed', 'repository.created'],
    why: 'each repository is new to us',
  },
  {
    event: 'installation',
    actions: ['deleted', 'new_permissions_accepted', 'suspend', 'unsuspend'],
    becomes: ['installation.changed'],
    why: 'the app’s set-up asks GitHub what holds now',
  },
  {
    event: 'installation_repositories',
    actions: ['added'],
    becomes: ['installation.changed', 'repository.created'],
    why: 'each repository is new to us',
  },
  {
    event: 'installation_repositories',
    actions: ['removed'],
    becomes: ['installation.changed'],
    why: 'the app’s set-up asks GitHub what holds now',
  },
  none('branch_protection_rule', 'created edited deleted', RULES),
  none('merge_group', 'checks_requested', 'a merge is told when it happened'),
  none('code_scanning_alert', 'reopened closed_by_user created fixed', ALERTS),
  none('dependabot_alert', 'fixed created', ALERTS),
  none('repository_vulnerability_alert', 'create dismiss', ALERTS),
  none('security_advisory', 'published updated withdrawn', ALERTS),
  none('commit_comment', 'created', TALK),
  none('discussion', 'created answered category_changed edited labeled locked pinned', TALK),
  none('discussion', 'transferred unanswered unlabeled unlocked', TALK),
  none('discussion_comment', 'created deleted edited', TALK),
  none('issues', 'edited assigned deleted demilestoned labeled locked milestoned opened', ISSUES),
  none('issues', 'pinned reopened transferred unassigned unlabeled unlocked unpinned', ISSUES),
  none('label', 'created deleted edited', 'a label counts where it is set'),
  none('create', '', 'a new branch is told as a push'),
  none('delete', '', 'a deleted branch is told as a push'),
  none('deploy_key', 'created', PEOPLE),
  none('deployment', 'created', OURS),
  none('deployment_review', 'requested', OURS),
  none('deployment_status', 'created', OURS),
  none('member', 'added edited', PEOPLE),
  none('membership', 'added removed', PEOPLE),
  none('organization', 'member_added member_invited renamed', PEOPLE),
  none('org_block', 'blocked unblocked', PEOPLE),
  none('team', 'added_to_repository created deleted edited removed_from_repository', PEOPLE),
  none('team_add', '', PEOPLE),
  none('github_app_authorization', 'revoked', 'we act as the app, not as people'),
  none('marketplace_purchase', 'purchased cancelled changed', MONEY),
  none('sponsorship', 'created pending_tier_change', MONEY),
  none('milestone', 'created closed deleted', PLANNING),
  none('project', 'created', PLANNING),
  none('project_card', 'created deleted moved', PLANNING),
  none('project_column', 'created edited', PLANNING),
  none('projects_v2_item', 'created archived converted edited reordered restored', PLANNING),
  none('fork', '', SOCIAL),
  none('gollum', '', SOCIAL),
  none('public', '', 'visibility is looked up before something is published'),
  none('star', 'created deleted', SOCIAL),
  none('watch', 'started', SOCIAL),
  none('page_build', '', 'no work of ours is in it'),
  none('package', 'published', 'no work of ours is in it'),
  none('release', 'published created deleted edited prereleased released', 'no work of ours is in it'),
  none('repository_dispatch', 'on-demand-test', 'it asks a workflow for something, not us'),
  none('repository_import', '', 'the repository is told when it is made'),
  none('meta', 'deleted', 'our own webhook is gone: there is nobody to tell'),
  none('ping', '', 'it only asks whether we are there'),
]
