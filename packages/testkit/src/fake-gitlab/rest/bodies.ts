import type { GitCommit } from '../../git/parse-commit.ts'
import { levelOf, type Session } from '../model/access.ts'
import type { Issue, MergeRequest, Note, Project } from '../model/entities.ts'
import { isoTime, type World } from '../model/world.ts'
import { isDraft, mergeStatus, pipelineOf } from '../operations/merging.ts'
import { pipelineBody } from './delivery-bodies.ts'
import { userBody } from './user-body.ts'

export function projectBody(world: World, session: Session, project: Project) {
  const url = `${world.webUrl}/${project.path}`
  const level = levelOf(session.user, project)
  const slash = project.path.lastIndexOf('/')
  return {
    id: project.id,
    name: project.path.slice(slash + 1),
    path: project.path.slice(slash + 1),
    path_with_namespace: project.path,
    namespace: { kind: 'group', full_path: project.path.slice(0, slash) },
    visibility: project.visibility,
    archived: project.archived,
    default_branch: project.defaultBranch,
    web_url: url,
    http_url_to_repo: `${url}.git`,
    empty_repo: false,
    merge_requests_enabled: true,
    merge_requests_access_level: 'enabled',
    merge_method: project.mergeMethod,
    squash_option: project.squashOption,
    remove_source_branch_after_merge: project.removeSourceBranchAfterMerge,
    only_allow_merge_if_pipeline_succeeds: project.onlyAllowMergeIfPipelineSucceeds,
    only_allow_merge_if_all_discussions_are_resolved: false,
    created_at: isoTime(project.createdAt),
    ...(session.user === null
      ? {}
      : { permissions: { project_access: level === 0 ? null : { access_level: level }, group_access: null } }),
  }
}

export async function mergeRequestBody(world: World, one: MergeRequest) {
  const { project } = one
  const pipeline = pipelineOf(one)
  const detailed = await mergeStatus(one)
  const base = one.mergedOnto ?? (await project.git.resolve(`refs/heads/${one.targetBranch}`))
  return {
    id: one.id,
    iid: one.iid,
    project_id: project.id,
    title: one.title,
    description: one.description,
    state: one.state,
    created_at: isoTime(one.createdAt),
    updated_at: isoTime(one.updatedAt),
    merged_at: one.mergedAt === null ? null : isoTime(one.mergedAt),
    closed_at: one.closedAt === null ? null : isoTime(one.closedAt),
    merge_user: one.state === 'merged' && one.mergedBy !== null ? userBody(world, one.mergedBy) : null,
    target_branch: one.targetBranch,
    source_branch: one.sourceBranch,
    author: userBody(world, one.author),
    assignees: one.assignees.map((user) => userBody(world, user)),
    assignee: one.assignees[0] === undefined ? null : userBody(world, one.assignees[0]),
    reviewers: one.reviewers.map((user) => userBody(world, user)),
    source_project_id: project.id,
    target_project_id: project.id,
    labels: one.labels,
    draft: isDraft(one.title),
    merge_when_pipeline_succeeds: one.autoMerge,
    merge_status: detailed === 'conflict' ? 'cannot_be_merged' : detailed === 'checking' ? 'checking' : 'can_be_merged',
    detailed_merge_status: detailed,
    has_conflicts: detailed === 'conflict',
    sha: one.sha,
    merge_commit_sha: one.mergeCommitSha,
    squash_commit_sha: one.squashCommitSha,
    should_remove_source_branch: null,
    force_remove_source_branch: one.removeSourceBranch,
    squash: one.squash,
    web_url: `${world.webUrl}/${project.path}/-/merge_requests/${one.iid}`,
    references: { short: `!${one.iid}`, relative: `!${one.iid}`, full: `${project.path}!${one.iid}` },
    diff_refs: { base_sha: base, head_sha: one.sha, start_sha: base },
    head_pipeline: pipeline === undefined ? null : pipelineBody(world, project, pipeline),
    user_notes_count: one.notes.filter(({ system }) => !system).length,
  }
}

export function commitBody(world: World, project: Project, commit: GitCommit) {
  return {
    id: commit.oid,
    short_id: commit.oid.slice(0, 8),
    title: commit.message.split('\n')[0] ?? '',
    message: commit.message,
    parent_ids: commit.parents,
    author_name: commit.author.name,
    author_email: commit.author.email,
    authored_date: isoTime(commit.author.at),
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committed_date: isoTime(commit.committer.at),
    created_at: isoTime(commit.committer.at),
    trailers: {},
    extended_trailers: {},
    web_url: `${world.webUrl}/${project.path}/-/commit/${commit.oid}`,
  }
}

export function noteBody(world: World, mergeRequest: MergeRequest, note: Note) {
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: userBody(world, note.author),
    created_at: isoTime(note.createdAt),
    updated_at: isoTime(note.updatedAt),
    system: note.system,
    noteable_id: mergeRequest.id,
    noteable_type: 'MergeRequest',
    noteable_iid: mergeRequest.iid,
    project_id: mergeRequest.project.id,
    resolvable: false,
    internal: false,
  }
}

export function issueBody(world: World, project: Project, issue: Issue) {
  return {
    id: issue.id,
    iid: issue.iid,
    project_id: project.id,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    labels: issue.labels,
    author: userBody(world, issue.author),
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    web_url: `${world.webUrl}/${project.path}/-/issues/${issue.iid}`,
  }
}
