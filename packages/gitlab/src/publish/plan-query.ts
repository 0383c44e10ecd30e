/** Fields of GraphQL as https://docs.gitlab.com/api/graphql/reference/ has them; all of them are there since GitLab 15. */
const MERGE_REQUEST = `
  iid title description state draft webUrl sourceBranch targetBranch diffHeadSha mergeCommitSha mergedAt
  autoMergeEnabled
  author { username }
  sourceProject { fullPath }
  labels(first: 100) { nodes { title } }
  assignees(first: 50) { nodes { id username } }
  reviewers(first: 50) { nodes { id username } }`

const FILES = `
      baseFiles: blobs(paths: $paths, ref: $base) { nodes { path oid } }
      headFiles: blobs(paths: $paths, ref: $branch) { nodes { path oid } }`

/**
 * Everything publishing needs to know, in one query: REST takes a request for each file and each name. `files` are
 * looked up one by one for the commit that last changed each on the branch.
 */
export function planQuery(files: number, parents: number): string {
  return `query PublishPlan($project: ID!, $base: String!, $branch: String!, $paths: [String!]!, $people: [String!]!, $named: Boolean!${variables(files)}${parentVariables(parents)}) {
  currentUser { username }
  users(usernames: $people) @include(if: $named) { nodes { id username } }
  project(fullPath: $project) {
    fullPath archived
    repository {
      empty
      baseTree: tree(ref: $base) { lastCommit { sha } }
      headTree: tree(ref: $branch) { lastCommit { sha } }${FILES}${revisions(files)}${parentTrees(parents)}
    }
    open: mergeRequests(sourceBranches: [$branch], state: opened, first: 10) {
      nodes { ${MERGE_REQUEST} commits(first: 100) { nodes { sha authorName authorEmail author { username } } } }
    }
    merged: mergeRequests(sourceBranches: [$branch], targetBranches: [$base], state: merged, first: 10) {
      nodes { ${MERGE_REQUEST} }
    }
  }
}`
}

/** Further files: GitLab limits what one query may ask for, but takes several queries in one request. */
export function filesQuery(files: number): string {
  return `query PublishFiles($project: ID!, $base: String!, $branch: String!, $paths: [String!]!${variables(files)}) {
  project(fullPath: $project) {
    repository {${FILES}${revisions(files)}
    }
  }
}`
}

/** Branches that cannot stand beside ours: `a` and `a/b` for `a/b/c`, and whatever is below it. */
export const NAMES_QUERY = `query PublishNames($project: ID!, $below: String!) {
  project(fullPath: $project) { repository { below: branchNames(searchPattern: $below, offset: 0, limit: 1) } }
}`

/** Of one query. GitLab counts up to 250 points: a file takes about 7, the rest of the plan about 120. */
export const FILES_PER_QUERY = 15

function variables(files: number): string {
  return Array.from({ length: files }, (_, n) => `, $f${n}: String!`).join('')
}

function revisions(files: number): string {
  return Array.from(
    { length: files },
    (_, n) => `\n      f${n}: tree(path: $f${n}, ref: $branch) { lastCommit { sha } }`,
  ).join('')
}

function parentVariables(parents: number): string {
  return Array.from({ length: parents }, (_, n) => `, $p${n}: String!`).join('')
}

function parentTrees(parents: number): string {
  return Array.from({ length: parents }, (_, n) => `\n      p${n}: tree(ref: $p${n}) { lastCommit { sha } }`).join('')
}

type Nodes<T> = { nodes: (T | null)[] | null } | null

export interface CommitNode {
  sha: string
  authorName: string | null
  authorEmail: string | null
  author: { username: string } | null
}

export interface UserNode {
  /** `gid://gitlab/User/1` */
  id: string
  username: string
}

export interface MergeRequestNode {
  iid: string
  title: string
  description: string | null
  state: string
  draft: boolean
  webUrl: string | null
  sourceBranch: string
  targetBranch: string
  diffHeadSha: string | null
  mergeCommitSha: string | null
  mergedAt: string | null
  autoMergeEnabled: boolean
  author: { username: string } | null
  sourceProject: { fullPath: string } | null
  labels: Nodes<{ title: string }>
  assignees: Nodes<UserNode>
  reviewers: Nodes<UserNode>
  commits?: Nodes<CommitNode>
}

export interface FilesNode {
  baseFiles: Nodes<{ path: string; oid: string }>
  headFiles: Nodes<{ path: string; oid: string }>
  /** Files by alias, `f0` and so on; in the plan, names above ours as `p0`. */
  [alias: `${'f' | 'p'}${number}`]: TreeNode | undefined
}

export type TreeNode = { lastCommit: { sha: string } | null } | null

export interface PlanData {
  currentUser: { username: string } | null
  users?: Nodes<UserNode>
  project: {
    fullPath: string
    archived: boolean | null
    repository: (FilesNode & { empty: boolean; baseTree: TreeNode; headTree: TreeNode }) | null
    open: Nodes<MergeRequestNode>
    merged: Nodes<MergeRequestNode>
  } | null
}

export interface FilesData {
  project: { repository: FilesNode | null } | null
}

export interface NamesData {
  project: { repository: { below: string[] | null } | null } | null
}

export function nodesOf<T>(connection: Nodes<T> | undefined): T[] {
  return (connection?.nodes ?? []).flatMap((node) => (node === null ? [] : [node]))
}
