import assert from 'node:assert/strict'
import type { VcsCases } from './scene.ts'

const LABELS = ['deployment', 'Größe: klein']

export const decorating: VcsCases = {
  async 'what the capabilities deny is unsupported, and nothing else is'({ vcs, repository, publish, reviewer }) {
    const can = await vcs.capabilities(repository)
    const people = reviewer === undefined ? [] : [reviewer]
    const { outcome, steps } = await publish(1, {
      labels: ['deployment'],
      reviewers: people,
      assignees: people,
      statuses: [{ context: 'pullwright', state: 'success' }],
    })
    assert.equal(outcome, 'created')
    const told = { labels: can.labels, statuses: can.statuses }
    const tellable = people.length === 0 ? told : { ...told, reviewers: can.reviewers, assignees: can.assignees }
    for (const [step, able] of Object.entries(tellable)) {
      const { status, error } = steps[step as keyof typeof told] ?? {}
      assert.equal(status, able ? 'applied' : 'unsupported', `${step}: ${error}`)
      if (!able) assert.ok(error)
    }
  },

  async 'only what was asked for stands in the steps'({ publish }) {
    const { steps } = await publish(1)
    assert.deepEqual(Object.keys(steps).sort(), ['branch', 'commit', 'pullRequest'])
  },

  'labels are there after publishing, each once': {
    needs: ['labels'],
    async run({ publish, vcs, repository }) {
      const { pullRequest } = await publish(1, { labels: [...LABELS, 'DEPLOYMENT'] })
      const { labels } = await vcs.getPullRequest(repository, pullRequest?.number ?? 0)
      assert.deepEqual([...labels].sort(), [...LABELS].sort())
    },
  },

  'labels are added and removed, and absent ones do no harm': {
    needs: ['labels'],
    async run({ publish, vcs, repository }) {
      const { pullRequest } = await publish(1, { labels: ['old', 'stays'] })
      const ref = { repository, number: pullRequest?.number ?? 0 }
      await vcs.editLabels(ref, { add: ['new', 'stays'], remove: ['old', 'never'] })
      assert.deepEqual([...(await vcs.getPullRequest(repository, ref.number)).labels].sort(), ['new', 'stays'])
    },
  },

  'labels that people gave stay over an update': {
    needs: ['labels'],
    async run({ publish, vcs, repository }) {
      const { pullRequest } = await publish(1, { labels: ['deployment'] })
      const ref = { repository, number: pullRequest?.number ?? 0 }
      await vcs.editLabels(ref, { add: ['by-hand'] })
      await publish(2, { labels: ['deployment'] })
      assert.deepEqual([...(await vcs.getPullRequest(repository, ref.number)).labels].sort(), ['by-hand', 'deployment'])
    },
  },

  'labels that fail are told, and the pull request is there': {
    needs: ['labels', 'refuseLabels'],
    async run({ publish, refuseLabels, open, writesNothing }) {
      refuseLabels?.()
      const { outcome, pullRequest, steps } = await publish(1, { labels: ['deployment'] })
      assert.equal(outcome, 'created')
      assert.equal(steps.labels?.status, 'failed')
      assert.ok(steps.labels?.error)
      assert.deepEqual(
        (await open()).map(({ number }) => number),
        [pullRequest?.number],
      )
      assert.equal((await writesNothing(() => publish(1))).outcome, 'unchanged')
    },
  },

  'a reviewer who does not exist is told, and the pull request is there': {
    needs: ['reviewers'],
    async run({ publish, open }) {
      const { outcome, steps } = await publish(1, { reviewers: ['nobody-of-this-name'] })
      assert.deepEqual([outcome, steps.reviewers?.status], ['created', 'failed'])
      assert.match(steps.reviewers?.error ?? '', /nobody-of-this-name/)
      assert.equal((await open()).length, 1)
    },
  },

  'an assignee who does not exist is told, and the pull request is there': {
    needs: ['assignees'],
    async run({ publish, open }) {
      const { outcome, steps } = await publish(1, { assignees: ['nobody-of-this-name'] })
      assert.deepEqual([outcome, steps.assignees?.status], ['created', 'failed'])
      assert.match(steps.assignees?.error ?? '', /nobody-of-this-name/)
      assert.equal((await open()).length, 1)
    },
  },

  async 'a team that is not there, or of which nothing is known, is told'({ vcs, repository, publish, open }) {
    const can = await vcs.capabilities(repository)
    const { outcome, steps } = await publish(1, { teamReviewers: ['no-team-of-this-name'] })
    assert.deepEqual([outcome, steps.reviewers?.status], ['created', can.teamReviewers ? 'failed' : 'unsupported'])
    assert.ok(steps.reviewers?.error)
    assert.equal((await open()).length, 1)
  },

  async 'labels and statuses by themselves are unsupported where there are none'(scene) {
    const { vcs, repository, publish, failure } = scene
    const can = await vcs.capabilities(repository)
    const { pullRequest, commit } = await publish(1)
    const ref = { repository, number: pullRequest?.number ?? 0 }
    if (!can.labels) assert.equal((await failure(vcs.editLabels(ref, { add: ['new'] }))).code, 'unsupported')
    const status = { context: 'pullwright', state: 'success' } as const
    const set = () => vcs.setStatus(repository, commit ?? '', status)
    if (!can.statuses) assert.equal((await failure(set())).code, 'unsupported')
  },

  'drafts are drafts': {
    needs: ['draft'],
    async run({ publish, vcs, repository }) {
      const { pullRequest } = await publish(1, { draft: true })
      assert.equal((await vcs.getPullRequest(repository, pullRequest?.number ?? 0)).draft, true)
    },
  },

  'a status can be set, and set again': {
    needs: ['statuses'],
    async run({ publish, vcs, repository }) {
      const { commit } = await publish(1)
      const status = { context: 'pullwright/policy', description: 'x'.repeat(2000), url: 'https://example.com/' }
      await vcs.setStatus(repository, commit ?? '', { ...status, state: 'pending' })
      await vcs.setStatus(repository, commit ?? '', { ...status, state: 'success' })
    },
  },
}
