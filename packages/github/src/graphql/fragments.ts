/** Fields of a pull request that every answer about one carries. */
export const PULL_REQUEST = /* GraphQL */ `
fragment PullRequestFields on PullRequest {
  id
  number
  url
  title
  body
  state
  isDraft
  isCrossRepository
  baseRefName
  headRefName
  headRefOid
  viewerDidAuthor
  author { login }
  headRepository { nameWithOwner }
  baseRefOid
  mergeCommit { oid }
  mergedBy { __typename login }
  labels(first: 100) { nodes { id name } }
}`

/** What a commit tells about who made it. */
export const COMMIT = /* GraphQL */ `
fragment CommitFields on Commit {
  oid
  author { name email user { login } }
  committer { name email user { login } }
}`

export interface PullRequestNode {
  id: string
  number: number
  url: string
  title: string
  body: string
  state: 'OPEN' | 'CLOSED' | 'MERGED'
  isDraft: boolean
  isCrossRepository: boolean
  baseRefName: string
  headRefName: string
  headRefOid: string
  viewerDidAuthor: boolean
  author: { login: string } | null
  headRepository: { nameWithOwner: string } | null
  baseRefOid: string
  mergeCommit: { oid: string } | null
  mergedBy: { __typename: string; login: string } | null
  labels: { nodes: ({ id: string; name: string } | null)[] | null } | null
}

export interface ActorNode {
  name: string | null
  email: string | null
  user: { login: string } | null
}

export interface CommitNode {
  oid: string
  author: ActorNode | null
  committer: ActorNode | null
}

/** A connection's nodes without the gaps that GitHub leaves for what the credential may not see. */
export function nodesOf<T>(connection: { nodes: (T | null)[] | null } | null | undefined): T[] {
  return (connection?.nodes ?? []).filter((node): node is T => node !== null)
}
