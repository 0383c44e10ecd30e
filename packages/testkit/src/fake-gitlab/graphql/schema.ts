import { buildSchema } from 'graphql'

/**
 * The part of GitLab's GraphQL that is modelled, named as in https://docs.gitlab.com/api/graphql/reference/. GitLab
 * publishes its schema in no package, so this is written down by hand; what is not here is refused, as GitLab refuses
 * a field it does not have.
 */
export const schema = buildSchema(`
  scalar Time

  type Query {
    currentUser: User
    project(fullPath: ID!): Project
    users(usernames: [String!]): UserConnection
  }
  type User { id: ID! username: String! name: String! }
  type UserConnection { nodes: [User] }
  type Project {
    id: ID!
    fullPath: ID!
    archived: Boolean
    visibility: String
    repository: Repository
    mergeRequests(sourceBranches: [String!], targetBranches: [String!], state: MergeRequestState, first: Int): MergeRequestConnection
  }
  enum MergeRequestState { opened closed merged locked all }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type MergeRequestConnection { nodes: [MergeRequest] pageInfo: PageInfo! }
  type MergeRequest {
    id: ID!
    iid: String!
    title: String!
    description: String
    state: MergeRequestState!
    draft: Boolean!
    webUrl: String
    sourceBranch: String!
    targetBranch: String!
    diffHeadSha: String
    mergeCommitSha: String
    mergedAt: Time
    autoMergeEnabled: Boolean!
    squashOnMerge: Boolean!
    forceRemoveSourceBranch: Boolean
    author: User
    mergeUser: User
    sourceProject: Project
    labels(first: Int): LabelConnection
    assignees(first: Int): UserConnection
    reviewers(first: Int): UserConnection
    commits(first: Int): CommitConnection
  }
  type LabelConnection { nodes: [Label] }
  type Label { title: String! }
  type CommitConnection { nodes: [Commit] }
  type Commit { sha: String! authorName: String authorEmail: String author: User }
  type Repository {
    rootRef: String
    empty: Boolean!
    exists: Boolean!
    branchNames(searchPattern: String!, offset: Int!, limit: Int!): [String!]
    tree(path: String = "", ref: String = "head"): Tree
    blobs(paths: [String!]!, ref: String): RepositoryBlobConnection
  }
  type Tree { lastCommit: Commit }
  type RepositoryBlobConnection { nodes: [RepositoryBlob] }
  type RepositoryBlob { path: String! oid: String! }
`)
