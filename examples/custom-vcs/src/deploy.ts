import { createPullwright, type PullRequest, type Vcs } from '@pullwright/core'
import { deploymentPullRequests } from '@pullwright/deployments'

/** Two deployments in a row: the second goes on in the pull request of the first, or opens one where that was merged. */
export async function deployTwice(vcs: Vcs, repository: string, between?: (pr: PullRequest) => Promise<void>) {
  const route = { vcs: vcs.name, repository, when: { environment: 'production' }, labels: ['deployment'] }
  const pullwright = createPullwright({ vcs: [vcs], plugins: [deploymentPullRequests({ routes: [route] })] })
  const shown: PullRequest[] = []
  try {
    for (const revision of [1, 2]) {
      await pullwright.emitter.emit('environment.deployed', {
        app_name: 'support-bot',
        variant_name: 'concise',
        environment: 'production',
        revision,
        commit_message: `Answer in ${revision} sentences`,
        deployed_by: 'jane@example.com',
        config: { model: 'gpt-4o', messages: [{ role: 'system', content: `Answer in ${revision} sentences.` }] },
      })
      await pullwright.drain()
      const [newest] = await vcs.findPullRequests(repository, {})
      if (newest === undefined) throw new Error('no pull request was opened')
      shown.push(newest)
      if (revision === 1) await between?.(newest)
    }
    return shown
  } finally {
    await pullwright.stop()
  }
}
