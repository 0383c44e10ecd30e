import { Octokit as Core } from '@octokit/core'
import { Octokit } from '@octokit/rest'
import { github } from '@pullwright/github'
import { fakeGitHub } from '@pullwright/testkit'
import suggester, { type Changes, type CreatePullRequestUserOptions } from 'code-suggester'
import { createPullRequest } from 'octokit-plugin-create-pull-request'
import { type Contender, ours } from './contender.ts'
import { BASE, BRANCH, type Deployment, LABELS, NAME, OWNER, PATH, REPOSITORY, REVIEWER } from './deployment.ts'
import type { Forge } from './measure.ts'

const ENABLE = `mutation ($id: ID!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) { clientMutationId }
}`

const quiet = { debug() {}, info() {}, warn() {}, error() {}, trace() {} }

/** What every user of the two writes besides: they know labels, but neither reviewers nor auto-merge. */
interface Opened {
  number: number
  node_id: string
  auto_merge: unknown
  requested_reviewers?: { login: string }[] | null
}

async function addMissing(octokit: Core, { number, node_id, auto_merge, requested_reviewers }: Opened) {
  if (!requested_reviewers?.some(({ login }) => login === REVIEWER)) {
    await octokit.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
      ...{ owner: OWNER, repo: NAME, pull_number: number, reviewers: [REVIEWER] },
    })
  }
  if (auto_merge === null) await octokit.graphql(ENABLE, { id: node_id })
}

const plugin: Contender = {
  name: 'octokit-plugin-create-pull-request',
  note: 'rewrites the branch by force each time',
  connect(url, token) {
    const octokit = new (Core.plugin(createPullRequest))({ auth: token, baseUrl: url, log: quiet })
    return {
      async publish({ title, body, message, content }: Deployment) {
        const answer = await octokit.createPullRequest({
          ...{ owner: OWNER, repo: NAME, base: BASE, head: BRANCH, title, body, labels: LABELS, update: true },
          changes: { files: { [PATH]: content }, commit: message },
        })
        if (answer === null) throw new Error('no pull request was made')
        await addMissing(octokit, answer.data)
      },
    }
  },
}

/** Its types are of an older Octokit than ours, which has the same routes. */
const {
  createPullRequest: createSuggestion,
}: {
  createPullRequest(octokit: object, changes: Changes, options: CreatePullRequestUserOptions): Promise<number>
} = suggester

const codeSuggester: Contender = {
  name: 'code-suggester',
  note: 'rewrites the branch by force each time; leaves title and body of an open pull request as they were',
  connect(url, token) {
    const octokit = new Octokit({ auth: token, baseUrl: url, log: quiet })
    return {
      async publish({ title, body, message, content }: Deployment) {
        const changes = new Map([[PATH, { mode: '100644' as const, content }]])
        const number = await createSuggestion(octokit, changes, {
          ...{ upstreamOwner: OWNER, upstreamRepo: NAME, primary: BASE, branch: BRANCH, fork: false, force: true },
          ...{ title, description: body, message, labels: LABELS, retry: 0, logger: quiet },
        })
        // It answers the number alone.
        const { data } = await octokit.pulls.get({ owner: OWNER, repo: NAME, pull_number: number })
        await addMissing(octokit, data)
      },
    }
  },
}

export const GITHUB: Forge = {
  name: 'GitHub',
  asked: 'labels, a reviewer, auto-merge',
  contenders: [
    ours('pullwright', (baseUrl, token) => github({ auth: { token }, baseUrl, writeSpacingMs: 0 }), true),
    plugin,
    codeSuggester,
  ],
  async open() {
    const fake = await fakeGitHub()
    await fake.state.createRepository({
      ...{ owner: OWNER, name: NAME, allowAutoMerge: true, labels: LABELS, collaborators: { [REVIEWER]: 'write' } },
      protectedBranches: { [BASE]: { requiredChecks: ['ci/test'] } },
    })
    const look = async () => (await fake.state.pullRequests(REPOSITORY)).map(({ title, labels }) => ({ title, labels }))
    return { ...fake, token: fake.state.createToken(), look }
  },
}
