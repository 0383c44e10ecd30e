import { renderPullRequest, type Vcs } from '@pullwright/core'
import { type Delivery, fileOf, segment } from './delivery.ts'

/**
 * One pull request for each application and environment. The branch says which; the adapter finds it again, adds to it,
 * or finds that nothing is to be done: equal `identity` means zero writes, and an older `order` never overwrites.
 */
export async function publish(vcs: Vcs, place: { repository: string; base: string }, delivery: Delivery) {
  const { repository, base } = place
  const name = `${segment(delivery.app)}/${segment(delivery.environment)}`
  const limits = await vcs.capabilities(repository)
  const { truncated: _, ...told } = renderPullRequest({ ...delivery.data, timestamp: delivery.timestamp }, { limits })
  const { outcome, pullRequest, reason } = await vcs.publishPullRequest({
    ...{ repository, base, ...told },
    branch: `pullwright/${name}`,
    kind: 'document',
    identity: delivery.id,
    order: { origin: 'webhooks', sequence: Date.parse(delivery.timestamp) },
    files: [{ path: `deployments/${name}.json`, content: fileOf(delivery) }],
  })
  if (outcome === 'conflict') throw new Error(reason ?? 'The branch moved while it was written')
  return `${outcome} ${pullRequest?.url ?? reason ?? ''}`.trim()
}
