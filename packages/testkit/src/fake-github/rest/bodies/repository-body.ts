import { iso } from '../../graphql/context.ts'
import { roleOf, type Session } from '../../model/access.ts'
import type { Repository, Role } from '../../model/entities.ts'
import { nameWithOwner, type World } from '../../model/world.ts'
import { simpleUser } from './account-bodies.ts'

/** Ends of the address templates that every repository carries: https://docs.github.com/rest/repos/repos */
const TEMPLATES: Record<string, string> = {
  archive_url: '{archive_format}{/ref}',
  assignees_url: 'assignees{/user}',
  blobs_url: 'git/blobs{/sha}',
  branches_url: 'branches{/branch}',
  collaborators_url: 'collaborators{/collaborator}',
  comments_url: 'comments{/number}',
  commits_url: 'commits{/sha}',
  compare_url: 'compare/{base}...{head}',
  contents_url: 'contents/{+path}',
  contributors_url: 'contributors',
  deployments_url: 'deployments',
  downloads_url: 'downloads',
  events_url: 'events',
  forks_url: 'forks',
  git_commits_url: 'git/commits{/sha}',
  git_refs_url: 'git/refs{/sha}',
  git_tags_url: 'git/tags{/sha}',
  hooks_url: 'hooks',
  issue_comment_url: 'issues/comments{/number}',
  issue_events_url: 'issues/events{/number}',
  issues_url: 'issues{/number}',
  keys_url: 'keys{/key_id}',
  labels_url: 'labels{/name}',
  languages_url: 'languages',
  merges_url: 'merges',
  milestones_url: 'milestones{/number}',
  notifications_url: 'notifications{?since,all,participating}',
  pulls_url: 'pulls{/number}',
  releases_url: 'releases{/id}',
  stargazers_url: 'stargazers',
  statuses_url: 'statuses/{sha}',
  subscribers_url: 'subscribers',
  subscription_url: 'subscription',
  tags_url: 'tags',
  teams_url: 'teams',
  trees_url: 'git/trees{/sha}',
}

/** `full-repository`: also good wherever a smaller form is wanted. */
export function repositoryBody(world: World, session: Session, repository: Repository) {
  const full = nameWithOwner(repository)
  const url = `${world.apiUrl}/repos/${full}`
  const web = `${world.webUrl}/${full}`
  const open = repository.pullRequests.filter((pullRequest) => pullRequest.state === 'OPEN').length
  return {
    id: repository.databaseId,
    node_id: repository.id,
    name: repository.name,
    full_name: full,
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    owner: simpleUser(world, repository.owner),
    html_url: web,
    description: repository.description,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(TEMPLATES).map(([name, end]) => [name, `${url}/${end}`])),
    git_url: `git://github.invalid/${full}.git`,
    ssh_url: `git@github.invalid:${full}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    topics: [],
    default_branch: repository.defaultBranch,
    archived: repository.archived,
    disabled: false,
    is_template: false,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    has_downloads: true,
    allow_forking: true,
    web_commit_signoff_required: false,
    size: 1,
    forks: 0,
    forks_count: 0,
    open_issues: open,
    open_issues_count: open,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    network_count: 0,
    subscribers_count: 0,
    pushed_at: iso(repository.pushedAt),
    created_at: iso(repository.createdAt),
    updated_at: iso(repository.updatedAt),
    permissions: permissionsBody(roleOf(session.account, repository)),
    allow_auto_merge: repository.allowAutoMerge,
    allow_merge_commit: repository.mergeMethods.includes('MERGE'),
    allow_squash_merge: repository.mergeMethods.includes('SQUASH'),
    allow_rebase_merge: repository.mergeMethods.includes('REBASE'),
    allow_update_branch: false,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
  }
}

const ROLES: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin']

export function permissionsBody(role: Role | null) {
  const rank = role === null ? -1 : ROLES.indexOf(role)
  return { admin: rank >= 4, maintain: rank >= 3, push: rank >= 2, triage: rank >= 1, pull: rank >= 0 }
}
