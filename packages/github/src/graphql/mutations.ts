import { PULL_REQUEST, type PullRequestNode } from './fragments.ts'

/** One root field of a mutation: its alias, what it does, and its input. */
export interface Change {
  alias: string
  field: keyof typeof MUTATIONS
  input: Record<string, unknown>
}

/** Every mutation we send: the type of its input, and what we want to hear back. */
export const MUTATIONS = {
  updateRefs: { input: 'UpdateRefsInput', answer: 'clientMutationId' },
  createCommitOnBranch: { input: 'CreateCommitOnBranchInput', answer: 'commit { oid }' },
  createLabel: { input: 'CreateLabelInput', answer: 'label { id name }' },
  createPullRequest: { input: 'CreatePullRequestInput', answer: 'pullRequest { ...PullRequestFields }' },
  updatePullRequest: { input: 'UpdatePullRequestInput', answer: 'pullRequest { ...PullRequestFields }' },
  closePullRequest: { input: 'ClosePullRequestInput', answer: 'clientMutationId' },
  addLabelsToLabelable: { input: 'AddLabelsToLabelableInput', answer: 'clientMutationId' },
  requestReviews: { input: 'RequestReviewsInput', answer: 'clientMutationId' },
  addAssigneesToAssignable: {
    input: 'AddAssigneesToAssignableInput',
    answer: 'assignable { assignees(first: 20) { nodes { login } } }',
  },
  enablePullRequestAutoMerge: { input: 'EnablePullRequestAutoMergeInput', answer: 'clientMutationId' },
  disablePullRequestAutoMerge: { input: 'DisablePullRequestAutoMergeInput', answer: 'clientMutationId' },
  mergePullRequest: { input: 'MergePullRequestInput', answer: 'pullRequest { state mergeCommit { oid } }' },
} as const

/** GitHub runs the root fields in this order, one after the other, and goes on after one that failed. */
export function mutationDocument(name: string, changes: readonly Change[]): string {
  const variables = changes.map(({ alias, field }) => `$${alias}: ${MUTATIONS[field].input}!`)
  const fields = changes.map(({ alias, field }) => {
    return `  ${alias}: ${field}(input: $${alias}) { ${MUTATIONS[field].answer} }`
  })
  const fragments = fields.some((field) => field.includes('...PullRequestFields')) ? `\n${PULL_REQUEST}` : ''
  return `mutation ${name}(${variables.join(', ')}) {\n${fields.join('\n')}\n}${fragments}`
}

export function mutationVariables(changes: readonly Change[]): Record<string, unknown> {
  return Object.fromEntries(changes.map(({ alias, input }) => [alias, input]))
}

/** What the root fields may answer; each is null where it failed. */
export interface MutationAnswer {
  clientMutationId?: string | null
  commit?: { oid: string } | null
  label?: { id: string; name: string } | null
  pullRequest?: (PullRequestNode & { mergeCommit?: { oid: string } | null }) | null
  assignable?: { assignees: { nodes: ({ login: string } | null)[] | null } } | null
}

export type MutationData = Record<string, MutationAnswer | null>
