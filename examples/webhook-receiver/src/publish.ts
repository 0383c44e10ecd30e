import { renderPullRequest, type Vcs } from '@pullwright/core'
import { type Delivery, deployedAt, fileOf, segment } from './delivery.ts'

/**
 * One pull request for each application and environment. The branch says which; the adapter finds it again, adds to it,
 * or finds that nothing is to be done: equal `identity` means zero writes, and an older `order` never overwrites.
 */
export async function publish(vcs: Vcs, place: { repository: string; base: string }, delivery: Delivery) {
  const { repository, base } = place
  const name = `${segment(delivery.app)}/${segment(delivery.environment)}`
  const path = `deployments/${name}.json`
  const at = Date.parse(delivery.timestamp)
  const { files } = await vcs.readFiles(repository, { ref: base, paths: [path] })
  if (deployedAt(files[path]?.content) >= at) return `this or a later deployment is in ${base}`
  const branch = `pullwright/${name}`
  const closed = await vcs.findPullRequests(repository, { state: 'closed', branch })
  if (closed.some(({ marker }) => marker?.identity === delivery.id)) return 'its pull request was closed'
  const limits = await vcs.capabilities(repository)
  const { truncated: _, ...told } = renderPullRequest({ ...delivery.data, timestamp: delivery.timestamp }, { limits })
  const { outcome, pullRequest, reason } = await vcs.publishPullRequest({
    ...{ repository, base, branch, ...told },
    kind: 'document',
    identity: delivery.id,
    order: { origin: 'webhooks', sequence: at },
    files: [{ path, content: fileOf(delivery) }],
  })
  if (outcome === 'conflict') throw new Error(reason ?? 'The branch moved while it was written')
  return `${outcome} ${pullRequest?.url ?? reason ?? ''}`.trim()
}
