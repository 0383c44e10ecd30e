import { PULL_REQUEST, type PullRequestNode } from './fragments.ts'
import { numbered } from './publish-plan.ts'

export const FIND_PULL_REQUESTS = /* GraphQL */ `
query FindPullRequests(
  $owner: String!, $name: String!, $states: [PullRequestState!], $branch: String, $base: String, $first: Int!,
  $after: String
) {
  repository(owner: $owner, name: $name) {
    pullRequests(
      states: $states, headRefName: $branch, baseRefName: $base, first: $first, after: $after,
      orderBy: { field: CREATED_AT, direction: DESC }
    ) {
      pageInfo { hasNextPage endCursor }
      nodes { ...PullRequestFields }
    }
  }
}
${PULL_REQUEST}`

export interface FindPullRequestsData {
  repository: { pullRequests: Page & { nodes: (PullRequestNode | null)[] | null } } | null
}

export const GET_PULL_REQUEST = /* GraphQL */ `
query GetPullRequest($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      ...PullRequestFields
      reviewDecision
      merged: mergeCommit {
        parents(first: 2) { nodes { oid associatedPullRequests(first: 10) { nodes { number } } } }
      }
    }
  }
}
${PULL_REQUEST}`

export interface GetPullRequestData {
  repository: { pullRequest: (PullRequestNode & MergedNode) | null } | null
}

/** Where the base stood before the merge, as far as the merge commit tells, and what its required reviews amount to. */
export interface MergedNode {
  /** Null where the base asks for no reviews. */
  reviewDecision: 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null
  merged: {
    parents: {
      nodes: ({ oid: string; associatedPullRequests: { nodes: ({ number: number } | null)[] | null } } | null)[] | null
    }
  } | null
}

export const PULL_REQUEST_COMMENTS = /* GraphQL */ `
query PullRequestComments($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { fullDatabaseId url body viewerDidAuthor }
      }
    }
  }
}`

export interface CommentNode {
  /** Comments outgrew 32 bits, and with them `databaseId`. */
  fullDatabaseId: string | number | null
  url: string
  body: string
  viewerDidAuthor: boolean
}

export interface PullRequestCommentsData {
  repository: { pullRequest: { comments: Page & { nodes: (CommentNode | null)[] | null } } | null } | null
}

export const INSPECT = /* GraphQL */ `
query Inspect($owner: String!, $name: String!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    nameWithOwner
    visibility
    isArchived
    isEmpty
    viewerPermission
    autoMergeAllowed
    mergeCommitAllowed
    squashMergeAllowed
    rebaseMergeAllowed
    defaultBranchRef { name target { oid } }
  }
}`

export interface InspectData {
  viewer: { login: string }
  repository: {
    nameWithOwner: string
    visibility: 'PUBLIC' | 'INTERNAL' | 'PRIVATE'
    isArchived: boolean
    isEmpty: boolean
    viewerPermission: 'ADMIN' | 'MAINTAIN' | 'WRITE' | 'TRIAGE' | 'READ' | null
    autoMergeAllowed: boolean
    mergeCommitAllowed: boolean
    squashMergeAllowed: boolean
    rebaseMergeAllowed: boolean
    defaultBranchRef: { name: string; target: { oid: string } | null } | null
  } | null
}

/** Files at one commit, as `f0`, `f1`, …; `$at` is any revision: a branch, a tag, a commit, `HEAD`. */
export function readFilesDocument(files: number): string {
  const variables = numbered(files, (n) => `$f${n}: String!`)
  const fields = numbered(files, (n) => {
    return `f${n}: file(path: $f${n}) { oid type object { ... on Blob { text isBinary isTruncated byteSize } } }`
  })
  return /* GraphQL */ `
query ReadFiles(${['$owner: String!', '$name: String!', '$at: String!', ...variables].join(', ')}) {
  repository(owner: $owner, name: $name) {
    object(expression: $at) { ... on Commit { oid ${fields.join(' ')} } ... on Tag { target { oid } } }
  }
}`
}

export interface ReadFilesData {
  repository: {
    object: ({ oid?: string; target?: { oid: string } } & { [file: `f${number}`]: ReadFileNode | null }) | null
  } | null
}

export interface ReadFileNode {
  oid: string
  type: string
  object: { text?: string | null; isBinary?: boolean | null; isTruncated?: boolean; byteSize?: number } | null
}

export interface Page {
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}
