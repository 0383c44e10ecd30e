import type { InboundEvent } from '@pullwright/core'
import { objectAt, type Received, textAt } from '../source-payload.ts'

/**
 * `installation` and `installation_repositories`, which every App is sent. It says no more than whose changed: deliveries
 * come late and out of order, so how it stands is asked of GitHub.
 */
export function installationChanged({ vcs, payload }: Received): InboundEvent[] {
  const { id, account } = objectAt(payload.installation)
  if (typeof id !== 'number') return []
  const data = { vcs, id, account: textAt(objectAt(account).login), action: textAt(payload.action) }
  return [{ type: 'installation.changed', data, project: 'default', orderingKey: `installation ${id}` }]
}
