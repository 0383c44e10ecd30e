import { COMMIT, type CommitNode } from './fragments.ts'
import { numbered } from './publish-plan.ts'

/** The commits that a branch has and the base has not, oldest first. */
export const BRANCH_COMMITS = /* GraphQL */ `
query BranchCommits($owner: String!, $name: String!, $baseRef: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $baseRef) {
      compare(headRef: $branch) { commits(first: 100) { totalCount nodes { ...CommitFields } } }
    }
  }
}
${COMMIT}`

export interface BranchCommitsData {
  repository: {
    ref: { compare: { commits: { totalCount: number; nodes: (CommitNode | null)[] | null } } | null } | null
  } | null
}

/** The newest commits that touched each path, as `h0`, `h1`, …, seen from one commit. */
export function touchesDocument(paths: number): string {
  const variables = numbered(paths, (n) => `$f${n}: String!`)
  const histories = numbered(paths, (n) => `h${n}: history(path: $f${n}, first: 50) { nodes { oid } }`)
  return /* GraphQL */ `
query Touches($owner: String!, $name: String!, $oid: GitObjectID!, ${variables.join(', ')}) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) { ... on Commit { ${histories.join(' ')} } }
  }
}`
}

export interface TouchesData {
  repository: {
    object: { [history: `h${number}`]: { nodes: ({ oid: string } | null)[] | null } } | null
  } | null
}
