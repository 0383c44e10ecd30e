import { validate } from '@octokit/graphql-schema'
import { expect, test } from 'vitest'
import { BRANCH_COMMITS, touchesDocument } from './branch-commits.ts'
import { BRANCH_RULES, CHECK_ROLLUP, LABELED_EVENTS, OPEN_ISSUES, VIEWER } from './facet-queries.ts'
import { type Change, MUTATIONS, mutationDocument } from './mutations.ts'
import { type PlanSize, publishPlanDocument } from './publish-plan.ts'
import { FIND_PULL_REQUESTS, GET_PULL_REQUEST, INSPECT, PULL_REQUEST_COMMENTS, readFilesDocument } from './queries.ts'

const size = (count: number): PlanSize => ({ files: count, parents: count, labels: count, people: count, teams: count })
const fields = Object.keys(MUTATIONS) as (keyof typeof MUTATIONS)[]
const change = (field: keyof typeof MUTATIONS, n: number): Change => ({ alias: `a${n}`, field, input: {} })

const DOCUMENTS: [string, string][] = [
  ['PublishPlan, bare', publishPlanDocument({ ...size(0), files: 1 })],
  ['PublishPlan, full', publishPlanDocument(size(3))],
  ['BranchCommits', BRANCH_COMMITS],
  ['Touches', touchesDocument(2)],
  ['FindPullRequests', FIND_PULL_REQUESTS],
  ['GetPullRequest', GET_PULL_REQUEST],
  ['PullRequestComments', PULL_REQUEST_COMMENTS],
  ['Inspect', INSPECT],
  ['ReadFiles', readFilesDocument(2)],
  ['ReadFiles of nothing', readFilesDocument(0)],
  ['CheckRollup', CHECK_ROLLUP],
  ['BranchRules', BRANCH_RULES],
  ['OpenIssues', OPEN_ISSUES],
  ['LabeledEvents', LABELED_EVENTS],
  ['Viewer', VIEWER],
  ...fields.map((field): [string, string] => [field, mutationDocument('One', [change(field, 0)])]),
  ['every mutation at once', mutationDocument('All', fields.map(change))],
]

test.each(DOCUMENTS)('%s is valid by the schema that GitHub publishes', (_name, document) => {
  expect(validate(document).map(({ message }) => message)).toEqual([])
})

test('the schema is really looked at', () => {
  expect(validate('query Wrong { viewer { nonsense } }')).toHaveLength(1)
})

test('documents hold no value, only names and numbers of ours', () => {
  for (const [, document] of DOCUMENTS) {
    const literals = document.match(/"[^"]*"/g) ?? []
    expect(literals.filter((literal) => literal !== '"refs/heads/"')).toEqual([])
  }
})
