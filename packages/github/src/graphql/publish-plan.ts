import { COMMIT, type CommitNode, PULL_REQUEST, type PullRequestNode } from './fragments.ts'

/** How many of each the query asks for; the documents differ in nothing else. */
export interface PlanSize {
  files: number
  parents: number
  labels: number
  people: number
  teams: number
}

/**
 * Everything that publishing must know, in one request. Aliases are numbered: `f0` is the file at `$f0`, on the base
 * as on the branch; `p0` a branch whose name is a parent folder of ours; `l0` a label, `u0` a person, `t0` a team.
 * A classic token needs `read:org` to so much as name a team, so `$teams` says whether any are of interest.
 */
export function publishPlanDocument(size: PlanSize): string {
  const files = numbered(size.files, (n) => `f${n}: file(path: $f${n}) { oid type }`)
  const variables = [
    '$owner: String!, $name: String!, $base: String!, $baseRef: String!, $branch: String!, $branchRef: String!',
    '$below: String!, $teams: Boolean!',
    ...numbered(size.files, (n) => `$f${n}: String!`),
    ...numbered(size.parents, (n) => `$p${n}: String!`),
    ...numbered(size.labels, (n) => `$l${n}: String!`),
    ...numbered(size.people, (n) => `$u${n}: String!`),
    ...numbered(size.teams, (n) => `$o${n}: String!, $t${n}: String!`),
  ]
  return /* GraphQL */ `
query PublishPlan(${variables.join(', ')}) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    id
    nameWithOwner
    isArchived
    isEmpty
    autoMergeAllowed
    mergeCommitAllowed
    squashMergeAllowed
    rebaseMergeAllowed
    base: ref(qualifiedName: $baseRef) { target { ... on Commit { oid ${files.join(' ')} } } }
    head: ref(qualifiedName: $branchRef) {
      target { ... on Commit { oid ${files.join(' ')} } }
      compare(headRef: $base) { behindBy }
    }
    open: pullRequests(headRefName: $branch, states: [OPEN], first: 10) { nodes { ...OpenPullRequest } }
    merged: pullRequests(
      headRefName: $branch, baseRefName: $base, states: [MERGED], first: 5,
      orderBy: { field: CREATED_AT, direction: DESC }
    ) { nodes { ...PullRequestFields mergedAt } }
    relatives: refs(refPrefix: "refs/heads/", query: $branch, first: 50) {
      nodes { name associatedPullRequests(states: [OPEN], first: 1) { nodes { number body baseRefName viewerDidAuthor } } }
    }
    below: refs(refPrefix: $below, first: 1) { nodes { name } }
    ${numbered(size.parents, (n) => `p${n}: ref(qualifiedName: $p${n}) { name }`).join('\n    ')}
    ${numbered(size.labels, (n) => `l${n}: label(name: $l${n}) { id name }`).join('\n    ')}
  }
  ${numbered(size.people, (n) => `u${n}: user(login: $u${n}) { id login }`).join('\n  ')}
  ${numbered(size.teams, (n) => `t${n}: organization(login: $o${n}) { team(slug: $t${n}) { id slug } }`).join('\n  ')}
}
${OPEN_PULL_REQUEST}
${PULL_REQUEST}
${COMMIT}`
}

const OPEN_PULL_REQUEST = /* GraphQL */ `
fragment OpenPullRequest on PullRequest {
  ...PullRequestFields
  autoMergeRequest { mergeMethod }
  assignees(first: 20) { nodes { login } }
  reviewRequests(first: 100) {
    nodes {
      requestedReviewer {
        __typename
        ... on User { login }
        ... on Team @include(if: $teams) { slug organization { login } }
      }
    }
  }
  reviews(last: 50) {
    nodes {
      author { login }
      onBehalfOf(first: 10) @include(if: $teams) { nodes { slug organization { login } } }
    }
  }
  commits(last: 100) { nodes { commit { ...CommitFields } } }
}`

export interface FileNode {
  oid: string
  type: string
}

type Connection<T> = { nodes: (T | null)[] | null }
type CommitWithFiles = { oid?: string } & { [file: `f${number}`]: FileNode | null }
type TeamNode = { slug: string; organization: { login: string } }

export interface OpenPullRequestNode extends PullRequestNode {
  autoMergeRequest: { mergeMethod: 'MERGE' | 'SQUASH' | 'REBASE' } | null
  assignees: Connection<{ login: string }>
  reviewRequests: Connection<{
    requestedReviewer: { __typename: 'User'; login: string } | ({ __typename: 'Team' } & Partial<TeamNode>) | null
  }> | null
  reviews: Connection<{ author: { login: string } | null; onBehalfOf?: Connection<TeamNode> }> | null
  commits: Connection<{ commit: CommitNode }>
}

export type MergedPullRequestNode = PullRequestNode & { mergedAt: string | null }

export interface PublishPlanData {
  viewer: { login: string }
  repository:
    | ({
        id: string
        nameWithOwner: string
        isArchived: boolean
        isEmpty: boolean
        autoMergeAllowed: boolean
        mergeCommitAllowed: boolean
        squashMergeAllowed: boolean
        rebaseMergeAllowed: boolean
        base: { target: CommitWithFiles | null } | null
        head: { target: CommitWithFiles | null; compare: { behindBy: number } | null } | null
        open: Connection<OpenPullRequestNode>
        merged: Connection<MergedPullRequestNode>
        relatives: Connection<RelativeNode> | null
        below: Connection<{ name: string }> | null
      } & { [parent: `p${number}`]: { name: string } | null } & {
        [label: `l${number}`]: { id: string; name: string } | null
      })
    | null
  [person: `u${number}`]: { id: string; login: string } | null
  [team: `t${number}`]: { team: { id: string; slug: string } | null } | null
}

export interface RelativeNode {
  name: string
  associatedPullRequests: Connection<{
    number: number
    body: string
    baseRefName: string
    viewerDidAuthor: boolean
  }>
}

export function numbered(count: number, line: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => line(index))
}
