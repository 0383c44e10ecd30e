/**
 * Body fields that GitLab documents for the routes that write, since its OpenAPI document is in no package. What is not
 * listed GitLab drops without a word, so a client that sends it is mistaken: it becomes a violation.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions
  'POST /projects/:id/repository/commits': [
    ...['branch', 'commit_message', 'start_branch', 'start_sha', 'start_project', 'actions'],
    ...['author_email', 'author_name', 'stats', 'force', 'allow_empty'],
  ],
  // https://docs.gitlab.com/api/merge_requests/#create-mr
  'POST /projects/:id/merge_requests': [
    ...['source_branch', 'target_branch', 'title', 'allow_collaboration', 'approvals_before_merge', 'assignee_id'],
    ...['assignee_ids', 'description', 'labels', 'merge_after', 'milestone_id', 'remove_source_branch'],
    ...['reviewer_ids', 'squash', 'target_project_id'],
  ],
  // https://docs.gitlab.com/api/merge_requests/#update-mr
  'PUT /projects/:id/merge_requests/:iid': [
    ...['add_labels', 'allow_collaboration', 'assignee_id', 'assignee_ids', 'description', 'discussion_locked'],
    ...['labels', 'merge_after', 'milestone_id', 'remove_labels', 'remove_source_branch', 'reviewer_ids', 'squash'],
    ...['state_event', 'target_branch', 'title'],
  ],
  // https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request
  'PUT /projects/:id/merge_requests/:iid/merge': [
    ...['auto_merge', 'merge_commit_message', 'merge_when_pipeline_succeeds', 'sha'],
    ...['should_remove_source_branch', 'squash_commit_message', 'squash'],
  ],
  // https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
  'POST /projects/:id/statuses/:sha': [
    ...['state', 'coverage', 'description', 'name', 'context', 'pipeline_id', 'ref', 'target_url'],
  ],
  // https://docs.gitlab.com/api/notes/
  'POST /projects/:id/merge_requests/:iid/notes': ['body', 'created_at', 'internal', 'merge_request_diff_head_sha'],
  'PUT /projects/:id/merge_requests/:iid/notes/:note_id': ['body'],
  // https://docs.gitlab.com/api/deployments/
  'POST /projects/:id/deployments': ['environment', 'ref', 'sha', 'status', 'tag'],
  'PUT /projects/:id/deployments/:deployment_id': ['status'],
}

export function unknownFields(operation: string, body: Readonly<Record<string, unknown>>): string[] {
  const known = KNOWN[operation]
  return known === undefined ? [] : Object.keys(body).filter((name) => !known.includes(name))
}
