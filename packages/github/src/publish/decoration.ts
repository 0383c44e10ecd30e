import type { PublishStep, PublishStepName } from '@pullwright/core'
import type { Change, MutationAnswer } from '../graphql/mutations.ts'
import type { GraphQLProblem } from '../graphql-problem.ts'

/** Something a pull request shall have besides its commit and text. A failed one is told, never thrown. */
export interface Decoration {
  step: PublishStepName
  /** What to send; null where nothing is to be done. */
  change: Change | null
  /** What became of it. */
  settle(problem: GraphQLProblem | null, answer: MutationAnswer | null): PublishStep
  /** Labels without an id, another having made them meanwhile: they can be added by their names. */
  byName?: string[]
}

/** The pull request as it is before it is decorated. */
export interface Target {
  id: string
  number: number
  author: string | null
  draft: boolean
  /** The commit that auto-merge shall be for. */
  head: string
  /** Lower case. */
  labels: ReadonlySet<string>
  /** Lower case logins, and `org/team`, that were asked for a review or gave one. */
  reviewers: ReadonlySet<string>
  /** Lower case. */
  assignees: ReadonlySet<string>
  autoMerge: 'MERGE' | 'SQUASH' | 'REBASE' | null
}

export const settled = (step: PublishStepName, result: PublishStep): Decoration => ({
  step,
  change: null,
  settle: () => result,
})
