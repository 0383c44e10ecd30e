/** `view` reads, `manage` changes, `retry` runs work again, `approve` lets a deployment pass. */
export type Capability = 'view' | 'manage' | 'retry' | 'approve'

export const CAPABILITIES: readonly Capability[] = ['view', 'manage', 'retry', 'approve']

/** Who calls over HTTP, as the host's `authorize` says. */
export interface Caller {
  subject: string
  /** The tenant they act for. */
  project: string
  capabilities: readonly Capability[]
}
