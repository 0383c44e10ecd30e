export const VIEWER = 'query Viewer { viewer { login } }'

export interface ViewerData {
  viewer: { login: string }
}

/** Newest last; no pull request of ours is labelled a hundred times. */
export const LABELED_EVENTS = /* GraphQL */ `
query LabeledEvents($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      timelineItems(last: 100, itemTypes: [LABELED_EVENT]) {
        nodes { ... on LabeledEvent { label { name } actor { __typename login } } }
      }
    }
  }
}`

export interface LabeledEventsData {
  repository: {
    pullRequest: {
      timelineItems: {
        nodes: ({ label: { name: string }; actor: { __typename: string; login: string } | null } | null)[] | null
      }
    } | null
  } | null
}

/** Everything that reported on a commit, checks and statuses alike. */
export const CHECK_ROLLUP = /* GraphQL */ `
query CheckRollup($owner: String!, $name: String!, $oid: GitObjectID!, $after: String) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) {
      ... on Commit {
        oid
        statusCheckRollup {
          contexts(first: 100, after: $after) {
            pageInfo { hasNextPage endCursor }
            nodes {
              __typename
              ... on CheckRun { name status conclusion detailsUrl }
              ... on StatusContext { context state targetUrl }
            }
          }
        }
      }
    }
  }
}`

export type RollupNode =
  | { __typename: 'CheckRun'; name: string; status: string; conclusion: string | null; detailsUrl: string | null }
  | { __typename: 'StatusContext'; context: string; state: string; targetUrl: string | null }

interface Page<Node> {
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  nodes: (Node | null)[] | null
}

export interface CheckRollupData {
  repository: { object: { oid?: string; statusCheckRollup?: { contexts: Page<RollupNode> } | null } | null } | null
}

/** What classic protection asks of a branch, in the form that everybody who can read may see. */
export const BRANCH_RULES = /* GraphQL */ `
query BranchRules($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      refUpdateRule { requiredStatusCheckContexts requiredApprovingReviewCount }
    }
  }
}`

export interface BranchRulesData {
  repository: {
    ref: {
      refUpdateRule: {
        requiredStatusCheckContexts: (string | null)[] | null
        requiredApprovingReviewCount: number | null
      } | null
    } | null
  } | null
}

/** Oldest first, so that two processes which met settle on one issue. */
export const OPEN_ISSUES = /* GraphQL */ `
query OpenIssues($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    hasIssuesEnabled
    issues(states: [OPEN], first: 100, after: $after, orderBy: { field: CREATED_AT, direction: ASC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number url title body viewerDidAuthor labels(first: 100) { nodes { name } } }
    }
  }
}`

export interface IssueNode {
  number: number
  url: string
  title: string
  body: string
  viewerDidAuthor: boolean
  labels: { nodes: ({ name: string } | null)[] | null } | null
}

export interface OpenIssuesData {
  repository: { hasIssuesEnabled: boolean; issues: Page<IssueNode> } | null
}
